"""Whose report it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hubs.models import Bureau, Hub
from metrics.models import Level
from metrics.queries import Place

NATION = "nation"
OF_HUB = "hub-"  # a hub and a bureau may have one slug: hokkaido, okinawa


@dataclass(frozen=True)
class Edition:
    """Whose report it is: the nation's, a bureau's with its own hubs only, or one hub's."""

    slug: str
    name: str
    bureau: Bureau | None = None
    hub: Hub | None = None

    @classmethod
    def named(cls, slug: str) -> Edition:
        """By `nation`, a bureau's slug, or `hub-` and a hub's. Raises Bureau.DoesNotExist, Hub.DoesNotExist."""
        if slug == NATION:
            return cls(NATION, "全国")
        if slug.startswith(OF_HUB):
            return cls.of_hub(Hub.objects.select_related("prefecture__bureau").get(slug=slug.removeprefix(OF_HUB)))
        return cls.of_bureau(Bureau.objects.get(slug=slug))

    @classmethod
    def of_bureau(cls, bureau: Bureau) -> Edition:
        return cls(bureau.slug, bureau.name, bureau)

    @classmethod
    def of_hub(cls, hub: Hub) -> Edition:
        """The hub comes with its prefecture and bureau."""
        return cls(OF_HUB + hub.slug, hub.prefecture.name, hub=hub)

    @classmethod
    def every(cls) -> list[Edition]:
        """The nation's, then bureaus', then hubs', in their official order."""
        hubs = Hub.objects.select_related("prefecture__bureau").order_by("pk")
        bureaus = Bureau.objects.order_by("position")
        return [cls.named(NATION), *map(cls.of_bureau, bureaus), *map(cls.of_hub, hubs)]

    @property
    def level(self) -> Level:
        if self.hub is not None:
            return Level.HUB
        return Level.NATION if self.bureau is None else Level.BUREAU

    @property
    def title(self) -> str:
        return f"{self.name}版"

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        if self.hub is not None:
            return str(self.hub)
        return _("全国") if self.bureau is None else str(self.bureau)

    def holds(self, hub: Hub) -> bool:
        """Whether it tells of a hub. The hub comes with its prefecture."""
        if self.hub is not None:
            return hub.pk == self.hub.pk
        return self.bureau is None or hub.prefecture.bureau_id == self.bureau.pk

    def hubs(self) -> list[Hub]:
        """Its hubs, in the order of their codes."""
        hubs = Hub.objects.select_related("prefecture__bureau").order_by("pk")
        return [hub for hub in hubs if self.holds(hub)]

    def bureaus(self) -> list[Bureau]:
        """Its bureaus, in their official order."""
        if self.level is Level.NATION:
            return list(Bureau.objects.order_by("position"))
        return [self.bureau] if self.bureau is not None else []

    def place(self) -> Place:
        """Whose trend and breakdowns it shows."""
        if self.hub is not None:
            return Place.of_hub(self.hub)
        return Place.nation() if self.bureau is None else Place.of_bureau(self.bureau)
