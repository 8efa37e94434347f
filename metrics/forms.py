"""The form of a cross table, which lives in the address; and the name under which one is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.fields import CleanCharField
from foundation.periods import Month
from foundation.templatetags import shown
from metrics.crosstab.axes import AXES, Kind, columns_of
from metrics.crosstab.groups import Places
from metrics.crosstab.question import ALL_HUBS, Question
from metrics.crosstab.table import Heat
from metrics.indicators import FIRST_MONTH, INDICATORS
from metrics.queries import Labels


class Period(models.TextChoices):
    """Over what time. Named ones move on: a table that is kept stays of use."""

    THIS_YEAR = "this_year", gettext_lazy("今年度")
    LAST_YEAR = "last_year", gettext_lazy("前年度")
    TWELVE = "twelve", gettext_lazy("直近12か月")
    TWO_YEARS = "two_years", gettext_lazy("前年度と今年度")
    RANGE = "range", gettext_lazy("月を指定する")


USUAL = {"measure": "consultations", "rows": "hub", "columns": "month", "period": Period.THIS_YEAR, "heat": Heat.ALL}


class CrosstabForm(forms.Form):
    """What is asked. What the address leaves out is as usual."""

    measure = forms.ChoiceField(label=gettext_lazy("集計する値"))
    rows = forms.ChoiceField(label=gettext_lazy("行"))
    columns = forms.ChoiceField(label=gettext_lazy("列"))
    period = forms.ChoiceField(label=gettext_lazy("期間"), choices=Period.choices)
    first = forms.ChoiceField(label=gettext_lazy("月(から)"), required=False)
    last = forms.ChoiceField(label=gettext_lazy("月(まで)"), required=False)
    heat = forms.ChoiceField(label=gettext_lazy("色の濃さ"), choices=Heat.choices)
    bureaus = forms.MultipleChoiceField(
        label=gettext_lazy("経済産業局"), required=False, widget=forms.CheckboxSelectMultiple
    )
    hubs = forms.MultipleChoiceField(label=gettext_lazy("拠点"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, query: QueryDict, *, today: dt.date, places: Places, labels: Labels) -> None:
        self.asked = asked = query.copy()
        for name, value in USUAL.items():
            if name not in asked:
                asked[name] = str(value)
        super().__init__(asked, auto_id="id_%s")
        self.latest, self.places = Month.of(today), places
        self._offer("measure", [(i.code, f"{i.label}({i.unit})") for i in INDICATORS.totals()])
        axes = [(axis.name, str(axis)) for axis in AXES.values()]
        self._offer("rows", axes)
        self._offer("columns", axes)
        months = [(str(month), shown.month(month)) for month in self._months()]
        self._offer("first", [("", "—"), *months])
        self._offer("last", [("", "—"), *months])
        self._offer("bureaus", [(str(pk), name) for pk, (name, _hubs) in places.bureaus.items()])
        self._offer("hubs", [(str(hub.pk), str(hub.prefecture)) for hub in places.hubs])
        self.narrowing = self._narrow_by(labels)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _months(self) -> list[Month]:
        """The newest first."""
        count = (self.latest.year - FIRST_MONTH.year) * 12 + self.latest.number - FIRST_MONTH.number
        return [self.latest.plus(-n) for n in range(count + 1)]

    def _narrow_by(self, labels: Labels) -> list[str]:
        """A field for the codes of each breakdown that the measure has, or that was asked for all the same."""
        measure = self.asked.get("measure", "")
        known = columns_of(INDICATORS[measure]) if measure in INDICATORS else {}
        names = [name for name in AXES if name in known or f"in_{name}" in self.asked]
        added = []
        for name in names:
            breakdown = AXES[name].breakdown
            if breakdown is None:
                continue
            field = forms.MultipleChoiceField(
                label=str(AXES[name]), required=False, widget=forms.CheckboxSelectMultiple,
                choices=list(labels.of_breakdown(breakdown).items()),
            )  # fmt: skip
            self.fields[f"in_{name}"] = field
            added.append(f"in_{name}")
        return added

    @property
    def main_fields(self) -> list[Any]:
        """For the page: the bound fields of what must be said."""
        return [self[name] for name in ("measure", "rows", "columns", "period", "first", "last", "heat")]

    @property
    def place_fields(self) -> list[Any]:
        return [self["bureaus"], self["hubs"]]

    @property
    def narrowing_fields(self) -> list[Any]:
        """For the page: the bound fields of codes."""
        return [self[name] for name in self.narrowing]

    @property
    def is_narrowed(self) -> bool:
        """Whether something is left out: the page then shows what."""
        return any(self.asked.getlist(name) for name in ("bureaus", "hubs", *self.narrowing))

    def clean(self) -> dict[str, Any]:
        """Axes that make a table; a period that is one."""
        values = super().clean() or {}
        rows, columns = AXES.get(values.get("rows", "")), AXES.get(values.get("columns", ""))
        if rows is not None and columns is not None:
            if rows == columns:
                self.add_error("columns", _("行と列に同じものは選べません。"))
            elif rows.kind is columns.kind in (Kind.PLACE, Kind.TIME):
                what = _("地域") if rows.kind is Kind.PLACE else _("時期")
                told = _("行と列の両方に%(what)sは選べません。どちらかを別のものにしてください。") % {"what": what}
                self.add_error("columns", told)
        if values.get("period") == Period.RANGE:
            self._clean_range(values)
        return values

    def _clean_range(self, values: dict[str, Any]) -> None:
        for name in ("first", "last"):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, _("月を選んでください。"))
        if values.get("first") and values.get("last") and values["first"] > values["last"]:
            self.add_error("last", _("「月(から)」以後の月を選んでください。"))

    def question(self) -> Question:
        """For valid forms only."""
        values = self.cleaned_data
        first, last = self._period(values)
        codes = {name.removeprefix("in_"): tuple(values[name]) for name in self.narrowing if values[name]}
        return Question(
            INDICATORS[values["measure"]], AXES[values["rows"]], AXES[values["columns"]], first, last,
            self._hubs(values), codes,
        )  # fmt: skip

    def _period(self, values: dict[str, Any]) -> tuple[Month, Month]:
        year = self.latest.fiscal_year.months
        match values["period"]:
            case Period.THIS_YEAR:
                return year[0], self.latest
            case Period.LAST_YEAR:
                return year[0].plus(-12), year[0].previous()
            case Period.TWELVE:
                return self.latest.plus(-11), self.latest
            case Period.TWO_YEARS:
                return year[0].plus(-12), self.latest
            case _:
                return Month.parse(values["first"]), Month.parse(values["last"])

    def _hubs(self, values: dict[str, Any]) -> frozenset[int]:
        """Hubs that are named, and those of bureaus that are; all if none is."""
        named = frozenset(int(pk) for pk in values["hubs"])
        of_bureaus = [self.places.bureaus[int(pk)][1] for pk in values["bureaus"]]
        return named.union(*of_bureaus) or ALL_HUBS

    def address(self) -> str:
        """The question as a query string, without what the form does not know."""
        kept = QueryDict(mutable=True)
        for name in self.fields:
            values = [value for value in self.asked.getlist(name) if value]
            if values:
                kept.setlist(name, values)
        return kept.urlencode()


class TableForm(forms.Form):
    """What a table is called, and who sees it."""

    name = CleanCharField(label=gettext_lazy("名前"), max_length=60)
    is_shared = forms.BooleanField(label=gettext_lazy("本部で共有する"), required=False)
