"""How a place stands among its like: the median of all hubs, and its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from hubs.tenancy import HUB_IDS, Scope, current_scope, entered
from metrics.models import Level
from metrics.queries import Ask, Figures, Place, figures_for

HUBS = tuple(Place(Level.HUB, hub_id=pk) for pk in HUB_IDS)


@dataclass(frozen=True)
class Standing:
    """The figures of all places of a level, without their names."""

    values: Sequence[int]

    @property
    def median(self) -> float:
        return median(self.values)

    def rank(self, value: int) -> int:
        """1 for the most. Equal ones share the better rank."""
        return 1 + sum(other > value for other in self.values)

    @property
    def count(self) -> int:
        return len(self.values)


def of_all_hubs(asks: Sequence[Ask]) -> list[Figures]:
    """Figures of every hub, whoever asks. Only for what names none of them: medians and ranks. A hub may know where it
    stands among all, and not what another one has."""
    scope = current_scope()
    if scope is not None and scope.figures >= frozenset(HUB_IDS):
        return figures_for(asks)
    with entered(Scope.of_figures(HUB_IDS)):
        return figures_for(asks)
