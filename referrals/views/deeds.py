"""What is done with a referral: each a POST to a noun below its address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from hubs.access import Permission
from referrals import actions
from referrals.forms import AnswerForm, CancelForm, VersionForm, WorkForm
from referrals.models import Referral, ReferralWork
from referrals.views.desk import ReferralPage, refusal_of
from referrals.workflow import UNSENT


class Deed(ReferralPage):
    """Base: a right, one form, one action."""

    permission: ClassVar[str | None] = Permission.REFER
    http_method_names = ["post"]
    form_class: type[VersionForm] = VersionForm
    done = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        referral = self.referral(pk)
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(referral, status=422, cancel_form=form)
        return told(request, referral, str(self.done), partial(self.do, referral, **form.cleaned_data))

    def do(self, referral: Referral, **values: Any) -> None:
        raise NotImplementedError


class Sending(Deed):
    """POST sending/: for the first time, or once more by a new link."""

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("送付しました。メールはまもなく届きます。")

    def do(self, referral: Referral, **values: Any) -> None:
        deed = actions.send if referral.state in UNSENT else actions.resend
        deed(referral=referral, by=self.person, at=timezone.now(), **values)


class Revocation(Deed):
    """POST revocation/: stop the link."""

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("リンクを止めました。")

    def do(self, referral: Referral, **values: Any) -> None:
        actions.revoke(referral=referral, by=self.person, at=timezone.now(), **values)


class Cancellation(Deed):
    """POST cancellation/: call it back."""

    form_class = CancelForm

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("取り消しました。")

    def do(self, referral: Referral, **values: Any) -> None:
        actions.cancel(referral=referral, by=self.person, at=timezone.now(), **values)


class ToldAnswer(ReferralPage):
    """POST answers/: what the agency said on the telephone."""

    permission: ClassVar[str | None] = Permission.REFER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        referral = self.referral(pk)
        form = AnswerForm(request.POST, referral=referral)
        if not form.is_valid():
            return self.page(referral, status=422, answer_form=form)
        deed = partial(actions.answer, referral=referral, by=self.person, at=timezone.now(), **form.cleaned_data)
        return told(request, referral, _("回答を記録しました。"), deed)


class ToldWork(ReferralPage):
    """POST works/: what the agency did, as it told."""

    permission: ClassVar[str | None] = Permission.REFER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        referral = self.referral(pk)
        if referral.state in UNSENT:
            raise Http404
        form = WorkForm(request.POST, referral=referral, today=timezone.localdate())
        if not form.is_valid():
            return self.page(referral, status=422, work_form=form)
        deed = partial(actions.log_work, referral=referral, by=self.person, at=timezone.now(), **form.cleaned_data)
        return told(request, referral, _("支援の実施を記録しました。"), deed)


class WorkStriking(ReferralPage):
    """POST works/<work>/striking/: a mistaken entry counts no more."""

    permission: ClassVar[str | None] = Permission.REFER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, work: int) -> HttpResponseBase:
        referral = self.referral(pk)
        found = ReferralWork.objects.filter(hub=self.hub, referral=referral, pk=work).first()
        if found is None:
            raise Http404
        actions.strike_work(work=found, by=self.person, at=timezone.now())
        messages.success(request, _("記入を取り消しました。集計から除かれます。"))
        return redirect(referral)


def told(request: HttpRequest, referral: Referral, done: str, deed: Callable[[], Any]) -> HttpResponseBase:
    """Do it, and say on the referral's page what came of it."""
    if problem := refusal_of(deed):
        messages.error(request, problem)
    else:
        messages.success(request, done)
    return redirect(referral)
