"""Requests between hubs: lists, one with its trace, asking, answering."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.models import Case
from foundation.errors import MoveRefused
from foundation.paging import page_of, read_moment, read_place
from hubs.access import Permission
from hubs.doors import looked_at
from hubs.models import Hub
from sharing import actions, queries
from sharing.choices import SharingKind, SharingMove, SharingState
from sharing.forms import AskForm, ClosingForm, JointAcceptanceForm, RefusalForm, TransferAcceptanceForm
from sharing.models import SharingRequest
from sharing.views.looking import TYPED_AN_HOUR, SharingDoor, whole_number
from sharing.workflow import SHARING

PAGE_SIZE = 50
LOOKS = 50
# A move is done by posting to the noun that it makes.
NOUNS: dict[str, str] = {
    SharingMove.ACCEPT: "acceptance",
    SharingMove.DECLINE: "refusal",
    SharingMove.WITHDRAW: "withdrawal",
    SharingMove.END: "completion",
}


class RequestList(SharingDoor):
    """GET sharing/: what the hub is asked, or, with `?box=outgoing`, what it asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        box = request.GET.get("box", "")
        outgoing = box == queries.OUTGOING
        rows = queries.requests_in(hub=self.hub, box=box)
        found = rows.with_people().behind(read_place(request.GET, read_moment))
        page = page_of(
            list(found[: PAGE_SIZE + 1]), size=PAGE_SIZE, query=request.GET,
            place_of=lambda row: (row.asked_at, row.pk),
        )  # fmt: skip
        looked_at(request, "sharing.listed", kind="outgoing" if outgoing else "incoming")
        rows_shown = [(row, row.other_than(self.hub), row.address_at(self.hub)) for row in page.objects]
        context = {"page": page, "rows": rows_shown, "outgoing": outgoing}
        return render(request, "sharing/request_list.html", context)


class RequestNew(SharingDoor):
    """GET and POST sharing/new/?number=: asking the hub that holds a client. Without a number one looks it up first."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if not request.GET.get("number"):
            return redirect("sharing:hint", self.hub.slug)
        return self.page(self.form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        wish = form.wish(self.number)
        to_hub = Hub.objects.get(pk=form.cleaned_data["to_hub"])
        try:
            made = actions.ask(hub=self.hub, to_hub=to_hub, wish=wish, by=self.person, at=timezone.now())
        except actions.AlreadyAsked:
            form.add_error(None, _("この事業者については、この拠点への申入れがすでにあります。"))
        except actions.NotHeld:
            form.add_error(None, _("相手の拠点に、この法人番号の事業者はもうありません。"))
        else:
            messages.success(request, _("申し入れました。相手の拠点のチーフコーディネーターにメールで知らせます。"))
            return redirect(made.address_at(self.hub))
        return self.page(form, status=409)

    @property
    def number(self) -> str:
        """The 法人番号 in the address. Raises BadRequest."""
        number = whole_number(self.request.GET.get("number", "")[:40])
        if not number:
            raise BadRequest(_("法人番号が読めません。"))
        return number

    def form(self, sent: QueryDict | None = None) -> AskForm:
        self.limited = not self.may_look("typed", TYPED_AN_HOUR)
        self.found = [] if self.limited else self.matches(self.number, "sharing.hint_shown")
        asked = Hub.objects.filter(slug=self.request.GET.get("to", "")).values_list("pk", flat=True).first()
        initial = {"kind": SharingKind.JOINT} | ({"to_hub": asked} if asked else {})
        return AskForm(sent, matches=self.found, today=timezone.localdate(), initial=initial)

    def page(self, form: AskForm, *, status: int = 200) -> HttpResponse:
        free = any(match.live is None for match in self.found)
        context = {"form": form, "matches": self.found, "number": self.number, "limited": self.limited, "free": free}
        return render(self.request, "sharing/request_new.html", context, status=status)


class OneRequest(SharingDoor):
    """Base of what is about one request: of this hub, or to it. Strangers learn nothing."""

    def one(self, pk: int) -> SharingRequest:
        return get_object_or_404(SharingRequest.objects.with_people(), pk=pk)

    def is_holder(self, one: SharingRequest) -> bool:
        """Whether this hub is the one that is asked."""
        return one.to_hub_id == self.hub.pk

    def may(self, move: str, one: SharingRequest) -> bool:
        """Whether the state, the side and the right allow a move."""
        if move not in SHARING.possible(one.state) or (move == SharingMove.END and one.kind != SharingKind.JOINT):
            return False
        if move in (SharingMove.ACCEPT, SharingMove.DECLINE) and not self.is_holder(one):
            return False
        if move == SharingMove.WITHDRAW:
            return not self.is_holder(one)
        return self.request.user.has_perm(Permission.ANSWER_SHARING, self.hub)

    def form(self, move: str, one: SharingRequest, sent: QueryDict | None = None) -> Any:
        """The form of a move."""
        if move == SharingMove.DECLINE:
            return RefusalForm(sent, prefix=move)
        if move != SharingMove.ACCEPT:
            return ClosingForm(sent, prefix=move)
        if one.kind == SharingKind.JOINT:
            initial = {"ends_on": one.ends_on}
            return JointAcceptanceForm(sent, prefix=move, initial=initial, today=timezone.localdate())
        return TransferAcceptanceForm(sent, prefix=move, cases=self.open_cases(one))

    def open_cases(self, one: SharingRequest) -> list[Case]:
        """The hub's own open cases with the client."""
        mine = Case.objects.filter(hub=self.hub, enterprise__corporate_number=one.corporate_number)
        return list(mine.open().newest_first()[:50])

    def page(self, one: SharingRequest, *, failed: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
        failed = failed or {}
        moves = [
            {"move": SharingMove(move), "form": failed.get(move) or self.form(move, one), "failed": move in failed,
             "url": reverse(f"sharing:{noun}", args=[self.hub.slug, one.pk])}
            for move, noun in NOUNS.items() if self.may(move, one)
        ]  # fmt: skip
        holder, parcels = self.is_holder(one), one.handed_over.select_related("received_case")
        looked_at(self.request, "sharing.viewed", on=one, of=self.hub)
        context = {
            "one": one, "moves": moves, "holder": holder, "other": one.other_than(self.hub),
            "client": queries.client_of(hub=self.hub, request=one),
            "steps": one.steps.select_related("by").order_by("at", "pk"),
            "parcels": [(parcel, parcel.tells(self.hub)) for parcel in parcels.order_by("pk")],
            "looks": queries.looks_at(hub=self.hub, request=one, at_most=LOOKS) if holder else [],
            "opens": not holder and one.opens_on(timezone.localdate()),
        }  # fmt: skip
        return render(self.request, "sharing/request_page.html", context, status=status)


class RequestPage(OneRequest):
    """GET sharing/<pk>/: what was asked, what was answered, who has looked, and the moves that one may make."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.one(pk))


class RequestMoved(OneRequest):
    """POST sharing/<pk>/acceptance/ and so on. GET leads back to the request."""

    move: ClassVar[SharingMove]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return redirect(self.one(pk).address_at(self.hub))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        one = self.one(pk)
        if not self.may(self.move, one):
            return self.refused(one)
        form = self.form(self.move, one, request.POST)
        if form.is_valid():
            try:
                self.done(one, form.terms())
            except MoveRefused:
                return self.refused(one)
            except (actions.NothingReleased, actions.NotHeld):
                form.add_error(None, _("引き渡せる案件がありません。いまの状態を確認してください。"))
            else:
                return redirect(one.address_at(self.hub))
        return self.page(self.one(pk), failed={self.move: form}, status=422)

    def refused(self, one: SharingRequest) -> HttpResponseBase:
        """Somebody was quicker, or it is not for this side to do."""
        messages.error(
            self.request, _("ほかの方が先に操作したため、この操作はできません。いまの状態を確認してください。")
        )
        return self.page(self.one(one.pk), status=409)

    def done(self, one: SharingRequest, terms: dict[str, Any]) -> None:
        act = getattr(actions, self.move.value)
        moved = act(request=one, by=self.person, at=timezone.now(), **terms)
        state = SharingState(moved.state).label
        messages.success(self.request, _("記録しました: %(state)s") % {"state": state})


class Acceptance(RequestMoved):
    permission: ClassVar[str | None] = Permission.ANSWER_SHARING
    move = SharingMove.ACCEPT


class Refusal(RequestMoved):
    permission: ClassVar[str | None] = Permission.ANSWER_SHARING
    move = SharingMove.DECLINE


class Withdrawal(RequestMoved):
    move = SharingMove.WITHDRAW


class Completion(RequestMoved):
    permission: ClassVar[str | None] = Permission.ANSWER_SHARING
    move = SharingMove.END
