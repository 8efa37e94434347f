"""How often each pair of characters is written at a hub: what makes a word telling when similar cases are sought."""

from __future__ import annotations

from django.db import models

from hubs.tenancy import HubOwned


class GramSample(HubOwned):
    """How many notes of a hub were last counted, of how many, and when. Without one, nothing is suggested there yet."""

    notes = models.PositiveIntegerField()
    of_notes = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub"], name="one_gram_sample_per_hub"),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id}: {self.notes}"


class GramCount(HubOwned):
    """In how many of the counted notes a pair stands. Pairs that stand in one only have no row."""

    gram = models.IntegerField()
    notes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "gram"], name="one_gram_count_per_hub_and_gram"),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.gram}: {self.notes}"
