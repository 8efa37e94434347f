"""The search page, what is suggested while typing, and saved views."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from finding import actions, queries
from finding.forms import SearchForm, ViewForm
from finding.lists import LISTS
from finding.models import SavedView
from foundation.paging import AFTER, UNREADABLE, Page
from foundation.text import has_forbidden, search_words, words_left_out
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at

PAGE_SIZE = 50
NAME_TAKEN = "同じ名前の表示がすでに保存されています。別の名前にしてください。"


class FindingDoor(Door):
    """What is found are records."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.VIEW_RECORDS


class Search(FindingDoor):
    """GET search/?q=…: everything that holds the words, in groups."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.GET, hub=self.hub, today=timezone.localdate())
        groups = []
        valid = form.is_valid()
        if valid:
            groups = queries.search(hub=self.hub, sought=form.sought())
            asked: dict[str, Any] = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
            if asked.get("q"):
                asked["what"] = asked.pop("kind", "")
                looked_at(request, "records.searched", **asked)
        context = {"form": form, "groups": groups, "asked": bool(groups)}
        context["found_nothing"] = bool(groups) and not any(group.count for group in groups)
        return render(request, "finding/search.html", context, status=200 if valid else 422)


class Suggestions(FindingDoor):
    """GET search/suggestions/?q=…: a fragment below the box."""

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "")[:100]
        found = {} if has_forbidden(words) else queries.suggestions(hub=self.hub, words=words)
        if found:
            looked_at(request, "records.searched", q=words)
        return render(request, "finding/_suggestions.html", {"found": found, "words": words})


class Organizations(FindingDoor):
    """GET search/organizations/?q=…: the support organizations that a hub may know, by name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:100]
        words = "" if has_forbidden(words) else words
        rows = queries.organizations(hub=self.hub, words=words, after=read_name(request.GET), at_most=PAGE_SIZE + 1)
        if search_words(words):
            looked_at(request, "organizations.searched", q=words)
        context = {"page": page_by_name(rows, request), "query": words, "left_out": words_left_out(words)}
        return render(request, "finding/organization_list.html", context)


def read_name(query: QueryDict) -> tuple[str, int] | None:
    """The place behind which a page in order of names begins: `?after=12_name`. Raises BadRequest."""
    number, _bar, name = query.get(AFTER, "").partition("_")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise BadRequest(UNREADABLE)
    return name, int(number)


def page_by_name(rows: Any, request: HttpRequest) -> Page:
    """A page of rows in order of their names."""
    onwards, back = request.GET.copy(), request.GET.copy()
    back.pop(AFTER, None)
    shown = rows[:PAGE_SIZE]
    if len(rows) > PAGE_SIZE:
        onwards[AFTER] = f"{shown[-1].pk}_{shown[-1].name}"
    more = onwards.urlencode() if len(rows) > PAGE_SIZE else ""
    return Page(shown, more, back.urlencode() if AFTER in request.GET else None)


class SavedViews(FindingDoor):
    """GET views/: one's own and the shared ones. POST: save the filters of a list under a name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = SavedView.objects.filter(hub=self.hub).for_person(self.person).select_related("owner", "hub").by_name()
        views = [{"view": row, "list": LISTS[row.list], "may_change": self.may_change(row)} for row in rows[:200]]
        return render(request, "finding/view_list.html", {"views": views})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        wanted = LISTS.get(name := request.POST.get("list", ""))
        if wanted is None:
            raise Http404
        query = wanted.known(QueryDict(request.POST.get("query", "")[:2000]))
        form = ViewForm(request.POST)
        self._save(form, name, query)
        return redirect(f"{reverse(wanted.url_name, args=[self.hub.slug])}?{query}")

    def _save(self, form: ViewForm, name: str, query: str) -> None:
        if not query or len(query) > 600:
            messages.error(self.request, _("条件を指定してから保存してください。"))
        elif not form.is_valid():
            messages.error(self.request, _("60文字以内の名前を付けて保存してください。"))
        else:
            try:
                actions.save_view(
                    hub=self.hub, on_list=name, query=query, by=self.person, at=timezone.now(), **form.cleaned_data
                )
                messages.success(self.request, _("この条件を保存しました。"))
            except actions.NameTaken:
                messages.error(self.request, _(NAME_TAKEN))

    def may_change(self, view: SavedView) -> bool:
        """Whoever saved it; the chief too, where it is shared: its owner may have left."""
        oversees = self.person.has_perm(Permission.VIEW_HUB_TRAIL, self.hub)
        return view.owner_id == self.person.pk or (view.is_shared and oversees)

    def view_to_change(self, pk: int) -> SavedView:
        """Raises Http404."""
        rows = SavedView.objects.filter(hub=self.hub).for_person(self.person).select_related("hub")
        view = rows.filter(pk=pk).first() if pk < 2**63 else None
        if view is None or not self.may_change(view):
            raise Http404
        return view


class SavedViewEdit(SavedViews):
    """GET and POST: another name, shared or not."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # type: ignore[override]
        view = self.view_to_change(pk)
        return self.page(view, ViewForm(initial={"name": view.name, "is_shared": view.is_shared}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:  # type: ignore[override]
        view, form = self.view_to_change(pk), ViewForm(request.POST)
        if not form.is_valid():
            return self.page(view, form, status=422)
        try:
            actions.rename_view(view=view, by=self.person, at=timezone.now(), **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("name", _(NAME_TAKEN))
            return self.page(view, form, status=422)
        return redirect(reverse("finding:views", args=[self.hub.slug]))

    def page(self, view: SavedView, form: ViewForm, status: int = 200) -> HttpResponse:
        context = {"view": view, "form": form, "list": LISTS[view.list]}
        return render(self.request, "finding/view_edit.html", context, status=status)


class SavedViewDeletion(SavedViews):
    """POST: forget it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:  # type: ignore[override]
        actions.delete_view(view=self.view_to_change(pk), by=self.person, at=timezone.now())
        messages.success(request, _("保存した表示を削除しました。"))
        return redirect(reverse("finding:views", args=[self.hub.slug]))
