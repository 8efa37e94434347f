"""Comparing, merging, and undoing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consultations import queries
from consultations.actions import merging as actions
from consultations.actions.refusals import Edited, NumberTaken
from consultations.forms.fields import row_number
from consultations.forms.merges import MergeForm, Shown, UndoForm
from consultations.models import Enterprise, LikelyPair, Merge
from consultations.queries import merges
from consultations.queries.duplicates import weight_of
from consultations.views.logging import RecordDoor
from foundation.paging import page_of, read_moment, read_place
from foundation.text import has_forbidden
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 50
CHANGED = _lazy("ほかの人が先に変更しました。今の内容を確かめてから、もう一度取り消してください。")
LATER = _lazy("残した事業者は、その後ほかの事業者に統合されています。先に、後の統合を取り消してください。")
TAKEN = _lazy("統合した事業者の法人番号は、今は別の事業者に付いています。その番号を直してから取り消してください。")
ANONYMISED = _lazy("匿名化された事業者の統合は取り消せません。")


class MergeDoor(RecordDoor):
    """Base of these pages."""

    permission: ClassVar[str | None] = Permission.MERGE_ENTERPRISES

    def standing(self, pk: str) -> Enterprise | None:
        """The enterprise that a number in the address stands for. Raises Http404 for one that is not there."""
        if not pk:
            return None
        found = Enterprise.objects.filter(hub=self.hub).select_related("hub").stands_for(row_number(pk))
        if found is None:
            raise Http404
        return found


class MergeNew(MergeDoor):
    """GET ?first=&second=: two side by side, or the search for whom to compare with. POST: make them one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        first, second = self.standing(request.GET.get("first", "")), self.standing(request.GET.get("second", ""))
        if first is None or second is None or first == second:
            return self.search(first or second)
        return self.page(self.form(first, second))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        first, second = self.standing(request.GET.get("first", "")), self.standing(request.GET.get("second", ""))
        if first is None or second is None or first == second:
            raise Http404
        form = self.form(first, second, request.POST)
        valid = form.is_valid()
        if form.is_outdated:  # what differs may differ by now in other fields, so that nothing else of it counts
            return self.page(self.form(first, second), status=409, edited=True)
        if not valid:
            return self.page(form, status=422)
        try:
            done = actions.merge(by=self.person, at=timezone.now(), **form.decided())
        except Edited:
            now = (self.standing(str(row.pk)) for row in (first, second))
            return self.page(self.form(*now), status=409, edited=True)  # type: ignore[arg-type]
        except actions.NotMergeable:
            messages.error(request, _("匿名化された事業者は統合できません。"))
            return redirect(first)
        messages.success(request, _("統合しました。集計値には1分以内に反映されます。いつでも取り消せます。"))
        return redirect(done)

    def form(self, first: Enterprise, second: Enterprise, sent: Any = None) -> MergeForm:
        weights = [(bool(row.corporate_number), weight_of(row).consultations, -row.pk) for row in (first, second)]
        proposed = first if weights[0] >= weights[1] else second
        return MergeForm(sent, first=first, second=second, proposed=proposed)

    def search(self, first: Enterprise | None) -> HttpResponse:
        """Whom to compare with."""
        query = self.request.GET.get("q", "").strip()[:120]
        found = queries.enterprises_like(hub=self.hub, query=query, at_most=20) if not has_forbidden(query) else []
        if query:
            looked_at(self.request, "enterprise.searched", words=query)
        context = {"first": first, "query": query, "found": [row for row in found if row != first]}
        return render(self.request, "consultations/merge_search.html", context)

    def page(self, form: MergeForm, *, status: int = 200, edited: bool = False) -> HttpResponse:
        survivor = form.proposed
        loser = next(row for row in form.sides if row != survivor)
        for row in form.sides:
            looked_at(self.request, "enterprise.compared", on=row)
        context = {
            "form": form, "edited": edited, "sides": [(row, weight_of(row)) for row in form.sides],
            "pair": LikelyPair.objects.filter(hub=self.hub).between(*(row.pk for row in form.sides)).first(),
            "figures": merges.told(merges.figures_of_merging(survivor=survivor, loser=loser)),
            "moving": merges.to_be_moved(loser=loser, survivor=survivor),
            "chosen": str(form["survivor"].value()),
        }  # fmt: skip
        return render(self.request, "consultations/merge_new.html", context, status=status)


class MergeList(MergeDoor):
    """GET: the hub's merges, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        place = read_place(request.GET, read_moment)
        rows = Merge.objects.filter(hub=self.hub).behind(place).with_people().newest_first()
        found = list(rows[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.merged_at, row.pk))
        looked_at(request, "merges.listed")
        return render(request, "consultations/merge_list.html", {"page": page})


class OneMerge(MergeDoor):
    """Base of pages about one merge."""

    def merge(self, pk: int) -> Merge:
        found = Merge.objects.filter(hub=self.hub, pk=pk).with_people().select_related("hub").first()
        if found is None:
            raise Http404
        return found


class MergePage(OneMerge):
    """GET: who was merged into whom, what moved, which figures."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        done, shown = self.merge(pk), Shown()
        looked_at(request, "merge.viewed", on=done)
        fields = [
            (Enterprise._meta.get_field(name).verbose_name, shown.value(name, change["was"]),  # type: ignore[union-attr]
             shown.value(name, change["became"]), name in done.kept)
            for name, change in done.fields.items()
            if name in actions.CHOSEN
        ]  # fmt: skip
        context = {
            "merge": done, "fields": fields, "moved": merges.moved_by(done), "figures": merges.told(done.figures),
            "undone_figures": merges.told(done.undone_figures),
        }  # fmt: skip
        return render(request, "consultations/merge_page.html", context)


class MergeUndoing(OneMerge):
    """GET and POST: part them again; what was edited since is decided field by field."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        done = self.merge(pk)
        return redirect(done) if done.undone_at is not None else self.page(done, self.form(done))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        done = self.merge(pk)
        form = self.form(done, request.POST)
        if not form.is_valid():
            return self.page(done, form, status=422)
        version = form.cleaned_data["version"]
        try:
            actions.undo(merge=done, version=version, restore=form.restore(), by=self.person, at=timezone.now())
        except (Edited, actions.Undecided):
            return self.page(done, self.form(self.merge(pk)), status=409, problem=CHANGED)
        except actions.UndoLaterFirst:
            return self.page(done, form, status=409, problem=LATER)
        except NumberTaken:
            return self.page(done, form, status=409, problem=TAKEN)
        except actions.NotMergeable:
            return self.page(done, form, status=409, problem=ANONYMISED)
        messages.success(request, _("統合を取り消しました。集計値には1分以内に反映されます。"))
        return redirect(done)

    def form(self, done: Merge, sent: Any = None) -> UndoForm:
        edited = actions.edited_since(done, done.survivor, list(actions.later_than(done)))
        return UndoForm(sent, merge=done, edited=edited)

    def page(self, done: Merge, form: UndoForm, *, status: int = 200, problem: str | Promise = "") -> HttpResponse:
        looked_at(self.request, "merge.viewed", on=done)
        context = {
            "merge": done, "form": form, "problem": problem, "figures": merges.told(done.figures),
            "later": Merge.objects.filter(hub=self.hub, loser=done.survivor_id).standing().first(),
        }  # fmt: skip
        return render(self.request, "consultations/merge_undoing.html", context, status=status)
