"""The other agency's page. No account: the link in the address is the key, and it opens this one referral only.

Every link that opens nothing is answered alike, whether it was guessed, is over or was stopped: who tries learns
nothing. The trail knows which it was.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.adapter import address_of
from foundation.errors import MoveRefused
from hubs.doors import Door, Reach, looked_at
from referrals import actions, queries
from referrals.forms import AnswerForm, WorkForm
from referrals.models import Referral, ReferralLink, ReferralStep, ReferralWork
from referrals.workflow import FINISHED, UNSENT, answers_open_in

ASKED_A_MINUTE, REFUSED_AN_HOUR = 60, 20


# The link itself is what a form must know; there is no session to ride on, so there is nothing to forge. And a page
# that sends no referrer sends no origin either, which the usual protection asks for.
@method_decorator(csrf_exempt, name="dispatch")
class LinkDoor(Door):
    """Base: finds the referral, or refuses."""

    reach: ClassVar[Reach] = Reach.LINK

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = self.answered(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def answered(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        who = address_of(request)
        if too_often(f"link-asked:{who}", ASKED_A_MINUTE, 60) or is_over(f"link-refused:{who}", REFUSED_AN_HOUR):
            return render(request, "429.html", status=429)
        link = ReferralLink.by_link.first()
        rows = Referral.by_link.select_related("hub__prefecture", "organization")
        referral = rows.first() if link and link.is_alive(timezone.now()) else None
        if referral is None or link is None or referral.state in UNSENT:
            too_often(f"link-refused:{who}", REFUSED_AN_HOUR, 3600)
            return self.refuse(request, link)
        self.link, self.token = link, kwargs.pop("token")
        return super().dispatch(request, *args, referral=referral, **kwargs)

    def refuse(self, request: HttpRequest, link: ReferralLink | None) -> HttpResponse:
        reason = "unknown" if link is None else "revoked" if link.revoked_at else "expired"
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


class AnswerPage(LinkDoor):
    """GET answers/<token>/: what the hub asks, and what one can answer."""

    def get(self, request: HttpRequest, referral: Referral) -> HttpResponse:
        return self.page(referral)


class AnswerSteps(LinkDoor):
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
        return self.thanked(was_new, referral)

    def known(self, request: HttpRequest, referral: Referral) -> bool:
        """Whether this answer was taken before: then its choice may not stand in the form any more."""
        field = AnswerForm.base_fields["client_id"]
        try:
            client_id = field.clean(request.POST.get("answer-client_id", ""))
        except ValidationError:
            return False
        return ReferralStep.by_link.filter(referral=referral, client_id=client_id).exists()


class AnswerWorks(LinkDoor):
    """POST answers/<token>/works/: what was done; as often as there is something to tell."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, referral: Referral) -> HttpResponseBase:
        form = WorkForm(request.POST, referral=referral, today=timezone.localdate())
        if not form.is_valid():
            return self.page(referral, status=422, work_form=form)
        was_new = actions.log_work(referral=referral, by=None, at=timezone.now(), **form.cleaned_data)
        return self.thanked(was_new, referral)


def too_often(key: str, at_most: int, seconds: int) -> bool:
    """Count one more, and say whether it is one too many for this stretch of time."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > at_most
    except ValueError:  # it ended in between
        return False


def is_over(key: str, at_most: int) -> bool:
    """Whether there were too many already, without counting."""
    return int(cache.get(key) or 0) >= at_most
