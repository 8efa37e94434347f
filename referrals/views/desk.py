"""A hub's referrals: the list, one of them, and writing it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consultations.actions import Edited
from consultations.actions.privacy import Anonymised
from consultations.forms import row_number
from consultations.models import Case, Consultation
from foundation.errors import MoveRefused
from foundation.paging import behind, page_of, read_moment, read_place
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at
from letters.queries import letters_about
from referrals import actions, queries
from referrals.choices import ReferralState, Waiting
from referrals.forms import AnswerForm, CancelForm, ReferralForm, WorkForm
from referrals.models import Referral, ReferralLink, ReferralWork
from referrals.workflow import ANSWERED, OPEN, UNSENT, answers_open_in

PAGE_SIZE = 50
FORGOTTEN = _lazy("この事業者の個人情報は、すでに匿名化されています。")
USED = _lazy(
    "この画面からの紹介・連携は、すでに別の内容で保存されています(異なる項目: %(fields)s)。"
    "別の紹介・連携として保存する場合は、もう一度ボタンを押してください。"
)


class RecordDoor(Door):
    """A page with a hub's records."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.VIEW_RECORDS


class ReferralList(RecordDoor):
    """GET: the hub's referrals, newest first; `?state=` a state or what is waited for, `?case=` of one case."""

    def get(self, request: HttpRequest) -> HttpResponse:
        state, case = request.GET.get("state", Waiting.OPEN), request.GET.get("case", "")
        rows = queries.listed(
            hub=self.hub, wanted=state, today=timezone.localdate(), case=row_number(case) if case else None
        )
        found = behind(rows, "created_at", read_place(request.GET, read_moment)).with_people().newest_first()  # type: ignore[attr-defined]
        page = page_of(
            list(found[: PAGE_SIZE + 1]), size=PAGE_SIZE, query=request.GET, place_of=lambda r: (r.created_at, r.pk)
        )
        states = [*Waiting.choices, *ReferralState.choices]
        looked_at(request, "referrals.listed", state=state if state in dict(states) else Waiting.ALL)
        return render(
            request, "referrals/referral_list.html", {"page": page, "state": state, "states": states, "case": case}
        )


class ReferralNew(RecordDoor):
    """GET ?case= and ?consultation=: an empty form, with whom one could ask. POST: one referral, however often it is
    sent; sent on at once if the button says so."""

    permission: ClassVar[str | None] = Permission.REFER

    def get(self, request: HttpRequest) -> HttpResponse:
        case, _session = self.about(request.GET)
        return self.page(case, self.form(case, chosen=row_number(request.GET.get("organization", ""))))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        case, session = self.about(request.GET)
        form = self.form(case, request.POST)
        if not form.is_valid():
            return self.page(case, form, status=422)
        if "send" in request.POST and form.consent is None:
            form.add_error("consented_on", _("本人の同意を記録するまで送付できません。"))
            return self.page(case, form, status=422)
        at = timezone.now()
        try:
            referral = self.written(case, session, form, at)
        except actions.WrittenOtherwise as problem:
            return self.used(case, form, problem)
        except Anonymised:
            form.add_error(None, FORGOTTEN)
            return self.page(case, form, status=409)
        return finish(request, referral, at)

    def written(self, case: Case, session: Consultation | None, form: ReferralForm, at: dt.datetime) -> Referral:
        """A new one; or, by the way back to a form that was saved, the draft it made, corrected. Raises
        WrittenOtherwise where that was sent, called back or changed since."""
        what: dict[str, Any] = {"by": self.person, "at": at, "consent": form.consent, **form.values()}
        try:
            return actions.prepare(case=case, consultation=session, client_id=form.cleaned_data["client_id"], **what)
        except actions.WrittenOtherwise as problem:
            if problem.twin.case_id != case.pk:
                raise
            try:
                return actions.revise(referral=problem.twin, version=form.cleaned_data["version"], **what)
            except (Edited, MoveRefused, Anonymised):
                raise problem from None

    def used(self, case: Case, form: ReferralForm, problem: actions.WrittenOtherwise) -> HttpResponse:
        """Something else under a used id is not lost: the page comes back as typed, with a new id."""
        sent = self.request.POST.copy()
        sent["client_id"], sent["version"] = str(uuid.uuid4()), "1"
        again = self.form(case, sent)
        again.add_error(None, USED % {"fields": "、".join(form.label_of(name) for name in problem.names)})
        return self.page(case, again, status=409)

    def about(self, query: Any) -> tuple[Case, Consultation | None]:
        """The case, and the consultation out of which it came if one is named."""
        number = row_number(query.get("consultation", ""))
        rows = Consultation.objects.filter(hub=self.hub, pk=number).standing().for_lists()
        session = rows.first() if number > 0 else None
        wanted = session.case_id if session else row_number(query.get("case", ""))
        cases = Case.objects.filter(hub=self.hub, pk=wanted).select_related("hub__prefecture", "enterprise")
        case = cases.first()
        if case is None:
            raise Http404
        return case, session

    def form(self, case: Case, *sent: Any, **more: Any) -> ReferralForm:
        self.candidates = queries.candidates(hub=self.hub, case=case, today=timezone.localdate())
        around = {"hub": self.hub, "case": case, "candidates": self.candidates, "today": timezone.localdate()}
        return ReferralForm(*sent, **around, **more)  # type: ignore[arg-type]

    def page(self, case: Case, form: ReferralForm, status: int = 200, **more: Any) -> HttpResponse:
        looked_at(self.request, "case.viewed", on=case)
        context = {"case": case, "form": form, "candidates": self.candidates, "query": self.request.GET.urlencode()}
        return render(self.request, "referrals/referral_new.html", context | more, status=status)


class OneReferral(RecordDoor):
    """Base of pages about one referral."""

    def referral(self, pk: int) -> Referral:
        rows = Referral.objects.filter(hub=self.hub, pk=pk).with_people()
        found = rows.select_related(
            "hub__prefecture", "enterprise__prefecture", "organization", "case", "created_by", "consent_recorded_by"
        ).first()
        if found is None:
            raise Http404
        return found


class ReferralPage(OneReferral):
    """GET: what was asked of whom, with what consent, and everything that came back."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.referral(pk))

    def page(self, referral: Referral, status: int = 200, **forms: Any) -> HttpResponse:
        looked_at(self.request, "referral.viewed", on=referral)
        return render(self.request, "referrals/referral_page.html", self.context(referral) | forms, status=status)

    def context(self, referral: Referral) -> dict[str, Any]:
        links = ReferralLink.objects.filter(hub=self.hub, referral=referral, revoked_at__isnull=True)
        works = ReferralWork.objects.filter(hub=self.hub, referral=referral).select_related("typed_by", "struck_by")
        keys = [f"referral:{referral.pk}:sent:{n}" for n in range(1, referral.letters + 1)]
        keys += [f"referral:{referral.pk}:chase:{n}" for n in range(1, referral.chased + 1)]
        return {
            "referral": referral,
            "shared": queries.shared_rows(referral.shared or queries.snapshot(referral)),
            "steps": referral.steps.select_related("by").order_by("at", "pk"),
            "works": works.order_by("worked_on", "pk"),
            "letters": [letter for key, letter in letters_about(self.hub, keys).items()],
            "link": links.first(),
            "at": timezone.now(),
            "is_draft": referral.state == ReferralState.PREPARED,
            "is_out": referral.state not in UNSENT,
            "is_open": referral.state in OPEN or referral.state == ReferralState.EXPIRED,
            "is_answered": referral.state in ANSWERED,
            "may_refer": self.request.user.has_perm(Permission.REFER, self.hub),
            "answer_form": AnswerForm(referral=referral) if answers_open_in(referral.state) else None,
            "work_form": WorkForm(referral=referral, today=timezone.localdate()),
            "cancel_form": CancelForm(initial={"version": referral.version}),
        }


class ReferralEdit(ReferralNew, OneReferral):
    """GET and POST: change what was not sent yet."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # type: ignore[override]
        referral = self.draft(pk)
        return self.page(referral.case, self.form(referral.case, referral=referral), referral=referral)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:  # type: ignore[override]
        referral, at = self.draft(pk), timezone.now()
        form = self.form(referral.case, request.POST, referral=referral)
        if form.is_valid() and "send" in request.POST and form.consent is None:
            form.add_error("consented_on", _("本人の同意を記録するまで送付できません。"))
        if not form.is_valid():
            return self.page(referral.case, form, status=422, referral=referral)
        version = form.cleaned_data["version"]
        try:
            referral = actions.revise(
                referral=referral, version=version, by=self.person, at=at, consent=form.consent, **form.values()
            )
        except (Edited, MoveRefused, Anonymised):
            form.add_error(None, _("ほかの人が先に変更しました。今の内容を確かめてから、やり直してください。"))
            return self.page(referral.case, form, status=409, referral=referral)
        return finish(request, referral, at)

    def draft(self, pk: int) -> Referral:
        referral = self.referral(pk)
        if referral.state != ReferralState.PREPARED:
            raise Http404
        return referral


def finish(request: HttpRequest, referral: Referral, at: dt.datetime) -> HttpResponseBase:
    """After writing: on to the other agency if the button said so, then to the referral's page. What may not be sent
    is kept as a draft, and said."""
    if "send" not in request.POST or referral.state != ReferralState.PREPARED:
        messages.success(request, _("保存しました。"))
    elif problem := refusal_of(
        partial(actions.send, referral=referral, version=referral.version, by=request.user, at=at)  # type: ignore[arg-type]
    ):
        messages.error(request, problem)
    else:
        messages.success(request, _("送付しました。メールはまもなく届きます。"))
    return redirect(referral)


def refusal_of(deed: Callable[[], Any]) -> str:
    """Do it; why it was refused, in words, or nothing."""
    try:
        deed()
    except Edited:
        return _("ほかの人が先に変更しました。今の状態を確かめてから操作してください。")
    except MoveRefused:
        return _("今の状態では、この操作はできません。")
    except actions.ConsentWithdrawn:
        return _("本人が支援機関への提供の同意を撤回しています。あらためて同意を記録するまで送付できません。")
    except Anonymised:
        return str(FORGOTTEN)
    except actions.ConsentMissing:
        return _("本人の同意を記録するまで送付できません。")
    return ""
