"""What is asked: one measure, two axes, a period, some hubs, some codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundation.periods import Month
from hubs.tenancy import HUB_IDS
from metrics.crosstab.axes import AXES, Axis, Kind, stored
from metrics.indicators import Indicator

ALL_HUBS = frozenset(HUB_IDS)


class Unanswerable(Exception):
    """A question that has no answer. `field` is what to change, `message` says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True)
class Question:
    """`codes`: of a breakdown, the codes that are kept; not named: all of them."""

    measure: Indicator
    rows: Axis
    columns: Axis
    first: Month
    last: Month
    hubs: frozenset[int] = ALL_HUBS
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def months(self) -> list[Month]:
        """From the first to the last."""
        count = (self.last.year - self.first.year) * 12 + self.last.number - self.first.number + 1
        return [self.first.plus(n) for n in range(count)]

    @property
    def is_nation(self) -> bool:
        """Whether no hub is left out."""
        return self.hubs == ALL_HUBS

    @property
    def axes(self) -> tuple[Axis, Axis]:
        return self.rows, self.columns

    @property
    def breakdowns(self) -> list[str]:
        """The breakdowns that matter: on an axis, or narrowed."""
        return list(dict.fromkeys([axis.name for axis in self.axes if axis.kind is Kind.CODES] + sorted(self.codes)))

    def axis_of(self, kind: Kind) -> Axis | None:
        """The axis of a kind, if there is one."""
        return next((axis for axis in self.axes if axis.kind is kind), None)

    @property
    def stored(self) -> Indicator | None:
        """Of something that adds up: the indicator whose monthly facts hold the answer. None: only records do."""
        if not self.breakdowns:
            return self.measure
        if len(self.breakdowns) > 1:
            return None
        name = self.breakdowns[0]
        breakdown = AXES[name].breakdown
        if breakdown is not None and breakdown.overlaps and not self.divides(name) and len(self.codes[name]) > 1:
            return None  # a consultation with two of these themes stands in both facts
        return stored(self.measure, name)

    def divides(self, name: str) -> bool:
        """Whether an axis is of this name."""
        return any(axis.name == name for axis in self.axes)

    @property
    def overlapping(self) -> Axis | None:
        """An axis under whose codes one record may stand several times."""
        return next((axis for axis in self.axes if axis.breakdown is not None and axis.breakdown.overlaps), None)
