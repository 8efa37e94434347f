"""What a kind of block is: the options that it offers, which figures it asks for, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.periods import Month
from hubs.models import Bureau, Hub
from metrics.indicators import INDICATORS, Definitions, Indicator
from metrics.models import Span
from metrics.queries import Place
from reports.choices import BlockKind

if TYPE_CHECKING:
    from reports.composing.reading import Reading

NATION = "nation"
YES, NO = "yes", "no"
Choices = Sequence[tuple[str, str]]


class WrongOption(ValueError):
    """A block was asked for what its kind does not offer."""


class Lists:
    """The hubs and bureaus, each read once: what options name."""

    @cached_property
    def bureaus(self) -> list[Bureau]:
        return list(Bureau.objects.order_by("position"))

    @cached_property
    def hubs(self) -> list[Hub]:
        return list(Hub.objects.select_related("prefecture").order_by("pk"))

    @cached_property
    def _places(self) -> dict[str, tuple[Place, str]]:
        bureaus = {f"bureau:{one.slug}": (Place.of_bureau(one), one.name) for one in self.bureaus}
        hubs = {f"hub:{one.slug}": (Place.of_hub(one), one.prefecture.name) for one in self.hubs}
        return {NATION: (Place.nation(), "全国")} | bureaus | hubs

    def place(self, name: str) -> Place:
        """By an option's value."""
        return self._places[name][0]

    def name_of(self, name: str) -> str:
        """As the report writes it, in Japanese."""
        return self._places[name][1]

    def name_of_place(self, place: Place) -> str:
        return next((name for found, name in self._places.values() if found == place), "―")

    def place_choices(self) -> Choices:
        """In the reader's language."""
        bureaus = [(f"bureau:{one.slug}", str(one)) for one in self.bureaus]
        return [(NATION, str(_("全国"))), *bureaus, *((f"hub:{one.slug}", str(one)) for one in self.hubs)]


@dataclass(frozen=True)
class Option:
    """A choice out of a closed list."""

    name: str
    label: Promise
    choices: Callable[[Lists], Choices]
    usual: str


@dataclass
class Wanted:
    """Which figures of a month some blocks ask for, so that they are read at once."""

    month: Month
    places: set[Place] = field(default_factory=set)
    indicators: set[str] = field(default_factory=set)
    trend_places: set[Place] = field(default_factory=set)
    trend_indicators: set[str] = field(default_factory=set)

    @property
    def defined(self) -> Definitions:
        """The indicators that the month knows."""
        return INDICATORS.at(self.month)

    def of(self, places: Iterable[Place], indicators: Iterable[Indicator | str]) -> None:
        """The month and its year to date, beside those of a year before."""
        self.places |= set(places)
        self.indicators |= {one if isinstance(one, str) else one.code for one in indicators}

    def trend(self, place: Place, indicator: str) -> None:
        self.trend_places.add(place)
        self.trend_indicators.add(indicator)


@dataclass(frozen=True)
class Table:
    """Texts in rows. The first `texts` columns are words, the others numbers; the first `sums` rows stand out."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    sums: int = 0


@dataclass(frozen=True)
class Chart:
    """Bars over months: (label, figure, figure as it is written)."""

    axis: str
    unit: str
    points: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Said:
    """What a block says besides its commentary."""

    heading: str
    note: str = ""
    table: Table | None = None
    chart: Chart | None = None


class Kind:
    """Base of all kinds."""

    kind: BlockKind
    explanation: str | Promise = ""
    options: tuple[Option, ...] = ()

    def wants(self, options: Mapping[str, str], lists: Lists, wanted: Wanted) -> None:
        """Say which figures a block asks for."""

    def tell(self, options: Mapping[str, str], reading: Reading) -> Said:
        """What it says, in Japanese."""
        raise NotImplementedError

    def complete(self, options: Mapping[str, Any]) -> dict[str, str]:
        """With what is usual where nothing was chosen, without what is none of its options."""
        return {one.name: str(options.get(one.name) or one.usual) for one in self.options}

    def checked(self, options: Mapping[str, Any], lists: Lists) -> dict[str, str]:
        """The options of a block, complete. Raises WrongOption."""
        found = self.complete(options)
        for one in self.options:
            if found[one.name] not in dict(one.choices(lists)):
                raise WrongOption(f"{self.kind}: {one.name}={found[one.name]!r}")
        return found


def _one_of(*choices: tuple[str, str | Promise]) -> Callable[[Lists], Choices]:
    return lambda _lists: [(value, str(label)) for value, label in choices]


def _totals(_lists: Lists) -> Choices:
    return [(one.code, str(one.label)) for one in INDICATORS.totals()]


def _breakdowns(_lists: Lists) -> Choices:
    return [(one.code, str(one.label)) for one in INDICATORS.breakdowns()]


_MONTH, _YEAR = str(Span.MONTH.value), str(Span.YEAR_TO_DATE.value)
PLACE = Option("place", _("地域"), Lists.place_choices, NATION)
SPAN = Option("span", _("期間"), _one_of((_MONTH, _("当月")), (_YEAR, _("年度累計"))), _MONTH)
AGAINST = Option("against", _("前年との比較"), _one_of((YES, _("前年と比べる")), (NO, _("比べない"))), YES)
TOTAL = Option("indicator", _("指標"), _totals, "consultations")
DIVIDED = Option("indicator", _("内訳"), _breakdowns, "consultations_by_theme")
MONTHS = Option(
    "months", _("月数"), _one_of(("6", _("6か月")), ("13", _("13か月")), ("25", _("25か月"))), "13"
)  # fmt: skip
ORDER = Option("order", _("並び順"), _one_of(("most", _("多い順")), ("least", _("少ない順"))), "most")
COUNT = Option(
    "count", _("拠点の数"), _one_of(("5", _("5拠点")), ("10", _("10拠点")), ("47", _("全拠点"))), "10"
)  # fmt: skip
DETAIL = Option("detail", _("範囲"), _one_of((NATION, _("全国の値だけ")), ("all", _("局と拠点の値も"))), NATION)
TERMS = Option("terms", _("載せる指標"), _one_of(("totals", _("合計の指標")), ("all", _("内訳も含むすべて"))), "totals")
