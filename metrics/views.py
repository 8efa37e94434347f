"""Headquarters' cross tables: ask, look, keep, take along."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from foundation.templatetags import shown
from hubs.access import Permission, may_look_behind
from hubs.doors import Door, Reach, looked_at
from metrics.crosstab import files, saving
from metrics.crosstab.axes import AXES, Kind
from metrics.crosstab.groups import Places
from metrics.crosstab.presets import presets
from metrics.crosstab.question import Question, Unanswerable
from metrics.crosstab.records import TooSlow
from metrics.crosstab.table import Behind, Table, tabulate
from metrics.forms import CrosstabForm, TableForm
from metrics.indicators import INDICATORS
from metrics.models import SavedTable
from metrics.queries import Labels, counted_at

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "csv_cp932": "text/csv; charset=Shift_JIS"}
TOO_SLOW = gettext_noop(
    "集計に時間がかかりすぎるため、中止しました。期間を短くするか、拠点を絞り込んでください。"
    "内訳を1つにすると、月次の集計値からすぐに答えられます。"
)


class CrosstabDoor(Door):
    """Of headquarters alone: it may count every hub's records."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.CROSS_TABULATE

    def ask(self, query: QueryDict) -> tuple[CrosstabForm, Table | None]:
        """The form, and its table; without one the form says why."""
        self.places, self.labels = Places.read(), Labels()
        form = CrosstabForm(query, today=timezone.localdate(), places=self.places, labels=self.labels)
        if not form.is_valid():
            return form, None
        question = form.question()
        try:
            table = tabulate(question, places=self.places, labels=self.labels, heat=form.cleaned_data["heat"])
        except Unanswerable as problem:
            form.add_error(problem.field if problem.field in form.fields else "measure", problem.message)
            return form, None
        except TooSlow:
            form.add_error("period", _(TOO_SLOW))
            return form, None
        if table.is_from_records:
            looked_at(self.request, "crosstab.counted", query=form.address())
        return form, table

    def table_to_change(self, pk: int) -> SavedTable:
        """One's own or a shared one. Raises Http404."""
        found = SavedTable.objects.for_person(self.person).select_related("owner").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class Crosstab(CrosstabDoor):
    """GET /nation/crosstab/?measure=…&rows=…&columns=…: the address is the question."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form, table = self.ask(request.GET)
        context = {
            "form": form, "presets": list(presets()), "query": form.address(),
            "saved": list(SavedTable.objects.for_person(self.person).by_name()[:40]), "table_form": TableForm(),
        }  # fmt: skip
        if table is not None:
            context |= self.around(table)
        return render(request, "metrics/crosstab.html", context, status=200 if table is not None else 422)

    def around(self, table: Table) -> dict[str, Any]:
        """What the page shows of a table."""
        question, cells = table.question, len(table.lines) * len(table.columns)
        links = Links(self.request.user, self.places)
        return {
            "table": table,
            "title": title_of(question),
            "lines": [(line, [(cell, links.to(cell.behind)) for cell in line.cells]) for line in table.lines],
            "counted_at": counted_at(question.last),
            "chart": "line" if question.axis_of(Kind.TIME) else "bar",
            "is_across": question.columns.kind is Kind.TIME,
            "has_chart": cells > 1,
            "most_series": files.MOST_SERIES,
            "narrowed": narrowed(question, self.places, self.labels),
        }


class Links:
    """The lists behind cells, for those who may open them."""

    def __init__(self, user: Any, places: Places) -> None:
        self.user, self.places = user, places
        self._of_hub: dict[int, str] = {}

    def to(self, behind: Behind | None) -> str:
        """An address, or nothing."""
        if behind is None:
            return ""
        if behind.hub_id not in self._of_hub:
            hub = self.places.by_id[behind.hub_id]
            may = may_look_behind(self.user, hub)
            self._of_hub[behind.hub_id] = reverse("hubs:records", args=[hub.slug]) if may else ""
        base = self._of_hub[behind.hub_id]
        asked = {
            "indicator": behind.indicator,
            "code": behind.code,
            "month": str(behind.month),
            "span": str(behind.span),
        }
        return f"{base}?{urlencode(asked)}" if base else ""


class CrosstabFile(CrosstabDoor):
    """GET crosstab/file/?…&format=xlsx: the same table to take along. The trail says who took which."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form, table = self.ask(request.GET)
        wanted = request.GET.get("format", "")
        if wanted not in FORMATS:
            raise Http404
        if table is None:
            return redirect(f"{reverse('crosstab:page')}?{form.address()}")
        paper = self.paper(table, form, timezone.now())
        encoding = "cp932" if wanted == "csv_cp932" else "utf-8"
        content = files.as_xlsx(table, paper) if wanted == "xlsx" else files.as_csv(table, paper, encoding=encoding)
        looked_at(request, "crosstab.exported", query=form.address(), format=wanted, rows=len(table.lines))
        answer = HttpResponse(content, content_type=FORMATS[wanted])
        name = f"crosstab-{timezone.localdate():%Y%m%d}.{wanted.removesuffix('_cp932')}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def paper(self, table: Table, form: CrosstabForm, at: dt.datetime) -> files.Paper:
        """What a reader must know who finds the file in a year."""
        question, counted = table.question, counted_at(table.question.last)
        facts = [
            (_("集計する値"), f"{question.measure.label}({question.measure.unit})"),
            *((_("定義"), text) for text in definitions_of(question)),
            (_("行"), str(question.rows)), (_("列"), str(question.columns)),
            (_("期間"), f"{shown.month(question.first)} - {shown.month(question.last)}"),
            *narrowed(question, self.places, self.labels),
            (_("数えたもの"), _("現在の記録") if table.is_from_records else _("月次の集計値(締めた月は確定値)")),
            (_("集計日時"), shown.moment(at if table.is_from_records else counted)),
            (_("作成日時"), shown.moment(at)), (_("作成者"), self.person.name),
            *((_("注意"), note) for note in table.notes),
            (_("条件のアドレス"), f"{reverse('crosstab:page')}?{form.address()}"),
        ]  # fmt: skip
        return files.Paper(title_of(question), facts, form.cleaned_data["heat"])


class Tables(CrosstabDoor):
    """GET crosstab/tables/: what is kept. POST: keep a question."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tables = SavedTable.objects.for_person(self.person).select_related("owner").by_name()
        return render(request, "metrics/table_list.html", {"tables": list(tables)})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        asked, form = self.ask_form(QueryDict(request.POST.get("query", "")[:8000])), TableForm(request.POST)
        query = asked.address()
        if form.is_valid() and asked.is_valid() and len(query) <= 4000:
            try:
                saving.save_table(query=query, by=self.person, at=timezone.now(), **form.cleaned_data)
                messages.success(request, _("クロス集計の条件を保存しました。"))
                return redirect(f"{reverse('crosstab:page')}?{query}")
            except saving.NameTaken:
                form.add_error("name", name_taken())
        elif form.is_valid():
            form.add_error(None, _("条件に誤りがあるか、条件が長すぎるため、保存できません。"))
        return render(request, "metrics/table_edit.html", {"form": form, "query": query}, status=422)

    def ask_form(self, query: QueryDict) -> CrosstabForm:
        return CrosstabForm(query, today=timezone.localdate(), places=Places.read(), labels=Labels())


class TableEdit(CrosstabDoor):
    """GET and POST crosstab/tables/3/: another name, shared or not."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        table = self.table_to_change(pk)
        return self.page(table, TableForm(initial={"name": table.name, "is_shared": table.is_shared}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        table, form = self.table_to_change(pk), TableForm(request.POST)
        if not form.is_valid():
            return self.page(table, form, status=422)
        try:
            saving.rename_table(table=table, by=self.person, at=timezone.now(), **form.cleaned_data)
        except saving.NameTaken:
            form.add_error("name", name_taken())
            return self.page(table, form, status=422)
        return redirect(reverse("crosstab:tables"))

    def page(self, table: SavedTable, form: TableForm, status: int = 200) -> HttpResponse:
        context = {"table": table, "form": form, "query": table.query}
        return render(self.request, "metrics/table_edit.html", context, status=status)


class TableDeletion(CrosstabDoor):
    """POST crosstab/tables/3/deletion/: forget it."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        saving.delete_table(table=self.table_to_change(pk), by=self.person, at=timezone.now())
        messages.success(request, _("保存した条件を削除しました。"))
        return redirect(reverse("crosstab:tables"))


def name_taken() -> str:
    return _("この名前の条件はすでに保存されています。別の名前にしてください。")


def definitions_of(question: Question) -> list[str]:
    """By what was counted; each with the months that it held in, if there are several."""
    held = INDICATORS.within(question.measure.code, question.first, question.last)
    if len(held) < 2:
        return [str(one.definition) for one, _first, _last in held]
    return [f"{shown.month(first)} - {shown.month(last)}: {one.definition}" for one, first, last in held]


def title_of(question: Question) -> str:
    """拠点×月 相談対応件数."""
    return _("%(rows)s×%(columns)s %(measure)s") % {
        "rows": question.rows, "columns": question.columns, "measure": question.measure
    }  # fmt: skip


def narrowed(question: Question, places: Places, labels: Labels) -> list[tuple[str, str]]:
    """What the table is narrowed to, in words."""
    found = []
    if not question.is_nation:
        names = [str(hub.prefecture) for hub in places.hubs if hub.pk in question.hubs]
        found.append((_("拠点"), "、".join(names)))
    for name, codes in sorted(question.codes.items()):
        breakdown = AXES[name].breakdown
        known = labels.of_breakdown(breakdown) if breakdown is not None else {}
        found.append((str(AXES[name]), "、".join(label for code, label in known.items() if code in codes)))
    return found
