"""What a client program made, by the id that it made itself: sending it again makes nothing new."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.constraints import SameHub
from hubs.tenancy import HubOwned


class ClientMade(HubOwned):
    """One id and the enterprise or case that it stands for. A consultation knows its id by itself."""

    client_id = models.UUIDField()
    enterprise = models.ForeignKey("consultations.Enterprise", models.CASCADE, null=True, related_name="+")
    case = models.ForeignKey("consultations.Case", models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField()

    when_merged = {"enterprise": "moves"}

    class Meta:
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_client_made_enterprise_is_of_its_hub",
                columns=["enterprise_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_client_made_case_is_of_its_hub",
                columns=["case_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "client_id"], name="one_record_per_hub_and_client_made_id"),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True, case__isnull=False)
                | Q(enterprise__isnull=False, case__isnull=True),
                name="a_client_made_id_stands_for_one_record",
            ),
        ]

    def __str__(self) -> str:
        return str(self.client_id)
