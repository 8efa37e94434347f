"""The other agency's page. No account: the link in the address is the key, and it opens this one referral only.

Every link that opens nothing is answered alike, whether it was guessed, is over or was stopped: who tries learns
nothing. The trail knows which it was.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions.privacy import Anonymised
from foundation.errors import MoveRefused
from hubs.doors import LinkDoor, looked_at
from referrals import actions, queries
from referrals.forms import AnswerForm, WorkForm
from referrals.models import Referral, ReferralLink, ReferralStep, ReferralWork
from referrals.workflow import FINISHED, UNSENT, answers_open_in


class ReferralByLink(LinkDoor):
    """Base: finds the referral, or refuses."""

    def opened(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = ReferralLink.by_link.first()
        rows = Referral.by_link.select_related("hub__prefecture", "organization")
        referral = rows.first() if link and link.is_alive(timezone.now()) else None
        if referral is None or link is None or referral.state in UNSENT or queries.is_taken_back_by_link(referral):
            return self.refuse(request, link)
        self.link, self.token = link, kwargs.pop("token")
        return super().opened(request, *args, referral=referral, **kwargs)

    def refuse(self, request: HttpRequest, link: ReferralLink | None) -> HttpResponse:
        self.count_refusal()
        reason = "unknown" if link is None else "revoked" if link.revoked_at else "expired"
        if link is not None and link.is_alive(timezone.now()):
            reason = "withdrawn"
        looked_at(request, "link.refused", on=link, reason=reason)
        return render(request, "referrals/answer_refused.html", status=404)

    def page(self, referral: Referral, status: int = 200, **forms: Any) -> HttpResponse:
        looked_at(self.request, "referral.viewed_by_link", on=referral)
        context = {
            "referral": referral,
            "hub": referral.hub,
            "link": self.link,
            "token": self.token,
            "shared": queries.shared_rows(referral.shared),
            "steps": ReferralStep.by_link.filter(referral=referral).order_by("at", "pk"),
            "works": ReferralWork.by_link.filter(referral=referral, struck_at__isnull=True).order_by("worked_on", "pk"),
            "answer_form": AnswerForm(referral=referral) if answers_open_in(referral.state) else None,
            "work_form": WorkForm(referral=referral, today=timezone.localdate()),
            "is_finished": referral.state in FINISHED,
        }
        return render(self.request, "referrals/answer_page.html", context | forms, status=status)

    def thanked(self, was_new: bool, referral: Referral) -> HttpResponseBase:
        if was_new:
            messages.success(self.request, _("受け付けました。ありがとうございます。"))
        else:
            looked_at(self.request, "referral.sent_again", on=referral)
            messages.info(self.request, _("同じ内容はすでに受け付けています。"))
        return redirect("answers:page", token=self.token)


class AnswerPage(ReferralByLink):
    """GET answers/<token>/: what the hub asks, and what one can answer."""

    def get(self, request: HttpRequest, referral: Referral) -> HttpResponse:
        return self.page(referral)


class AnswerSteps(ReferralByLink):
    """POST answers/<token>/steps/: an answer. The same one twice is stored once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, referral: Referral) -> HttpResponseBase:
        if self.known(request, referral):
            return self.thanked(False, referral)
        form = AnswerForm(request.POST, referral=referral)
        if not form.is_valid():
            return self.page(referral, status=422, answer_form=form)
        try:
            was_new = actions.answer(referral=referral, by=None, at=timezone.now(), **form.cleaned_data)
        except MoveRefused:  # somebody else of the agency was faster
            return self.page(referral, status=409)
        except Anonymised:
            return self.refuse(request, self.link)
        return self.thanked(was_new, referral)

    def known(self, request: HttpRequest, referral: Referral) -> bool:
        """Whether this answer was taken before: then its choice may not stand in the form any more."""
        field = AnswerForm.base_fields["client_id"]
        try:
            client_id = field.clean(request.POST.get("answer-client_id", ""))
        except ValidationError:
            return False
        return ReferralStep.by_link.filter(referral=referral, client_id=client_id).exists()


class AnswerWorks(ReferralByLink):
    """POST answers/<token>/works/: what was done; as often as there is something to tell."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, referral: Referral) -> HttpResponseBase:
        form = WorkForm(request.POST, referral=referral, today=timezone.localdate())
        if not form.is_valid():
            return self.page(referral, status=422, work_form=form)
        try:
            was_new = actions.log_work(referral=referral, by=None, at=timezone.now(), **form.cleaned_data)
        except (MoveRefused, Anonymised):  # called back or forgotten a moment ago
            return self.refuse(request, self.link)
        return self.thanked(was_new, referral)
