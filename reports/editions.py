"""Whose report it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hubs.models import Bureau, Hub
from metrics.queries import Place

NATION = "nation"


@dataclass(frozen=True)
class Edition:
    """Whose report it is: the nation's, or a bureau's with its own hubs only."""

    slug: str
    name: str
    bureau: Bureau | None = None

    @classmethod
    def named(cls, slug: str) -> Edition:
        """By `nation` or a bureau's slug. Raises Bureau.DoesNotExist."""
        if slug == NATION:
            return cls(NATION, "全国")
        bureau = Bureau.objects.get(slug=slug)
        return cls(slug, bureau.name, bureau)

    @property
    def title(self) -> str:
        return f"{self.name}版"

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return _("全国") if self.bureau is None else str(self.bureau)

    def hubs(self) -> list[Hub]:
        """Its hubs, in the order of their codes."""
        hubs = Hub.objects.select_related("prefecture__bureau").order_by("pk")
        return list(hubs if self.bureau is None else hubs.filter(prefecture__bureau=self.bureau))

    def bureaus(self) -> list[Bureau]:
        """Its bureaus, in their official order."""
        return list(Bureau.objects.order_by("position")) if self.bureau is None else [self.bureau]

    def place(self) -> Place:
        """Whose trend and breakdowns it shows."""
        return Place.nation() if self.bureau is None else Place.of_bureau(self.bureau)
