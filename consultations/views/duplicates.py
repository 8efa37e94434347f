"""Hints at enterprises that are in the books already, and the queue of likely pairs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions import duplicates as actions
from consultations.choices import PairState
from consultations.forms.fields import row_number
from consultations.forms.merges import DismissForm
from consultations.models import LikelyPair
from consultations.queries import duplicates as queries
from consultations.views.logging import AS_NEW, RecordDoor, hints_context
from foundation.paging import page_of, read_place
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 30


class DuplicateHints(RecordDoor):
    """GET: the enterprises that may be the one being typed. A fragment; `?of=` names the one being changed."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest) -> HttpResponse:
        of = row_number(request.GET["of"]) if "of" in request.GET else None
        context = hints_context(self, request.GET, prefix=AS_NEW if of is None else "", of=of)
        return render(request, "consultations/_duplicate_hints.html", context)


class PairQueue(RecordDoor):
    """GET: the hub's likely pairs, likeliest first; `?state=dismissed` those that are two enterprises after all."""

    permission: ClassVar[str | None] = Permission.MERGE_ENTERPRISES

    def get(self, request: HttpRequest) -> HttpResponse:
        state = queries.queue_of(request.GET.get("state", ""))
        place = read_place(request.GET, int)
        found = queries.pairs_wanted(hub=self.hub, state=state, before=place, at_most=PAGE_SIZE + 1)
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.score, row.pk))
        looked_at(request, "pairs.listed", state=state)
        context = {
            "page": page, "state": state, "left_out": queries.left_out(hub=self.hub), "crowd": queries.CROWD,
            "states": [(PairState.OPEN, _("未判断")), (PairState.DISMISSED, _("別の事業者"))],
        }  # fmt: skip
        return render(request, "consultations/duplicate_list.html", context)


class OnePair(RecordDoor):
    """Base of what is done with a pair."""

    permission: ClassVar[str | None] = Permission.MERGE_ENTERPRISES
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def pair(self, pk: int) -> LikelyPair:
        found = LikelyPair.objects.filter(hub=self.hub, pk=pk).first()
        if found is None:
            raise Http404
        return found

    def back(self) -> HttpResponseBase:
        return redirect(reverse("consultations:duplicates", args=[self.hub.slug]))


class PairDismissal(OnePair):
    """POST duplicates/<pk>/dismissal/: these are two enterprises."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        pair = self.pair(pk)
        form = DismissForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("理由は200文字までの1行で入力してください。"))
            return self.back()
        try:
            actions.dismiss(pair=pair, by=self.person, at=timezone.now(), note=form.cleaned_data["note"])
        except actions.AlreadyDecided:
            messages.warning(request, _("この候補は、ほかの人が先に判断しました。"))
        else:
            messages.success(request, _("別の事業者としました。今後、候補に出ません。"))
        return self.back()


class PairReopening(OnePair):
    """POST duplicates/<pk>/reopening/: a dismissed pair is to be looked at again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            actions.take_up_again(pair=self.pair(pk), by=self.person, at=timezone.now())
        except actions.AlreadyDecided:
            messages.warning(request, _("この候補は、ほかの人が先に判断しました。"))
        else:
            messages.success(request, _("候補に戻しました。"))
        return self.back()
