"""What a client program made, by the id that it made itself."""

import django.db.models.deletion
from django.db import migrations, models

from foundation.constraints import SameHub, Wall


class Migration(migrations.Migration):
    dependencies = [("consultations", "0011_case_search"), ("hubs", "0002_appointment_history")]
    operations = [
        migrations.CreateModel(
            name="ClientMade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="consultations.case",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="consultations.enterprise",
                    ),
                ),
                (
                    "hub",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hubs.hub",
                        verbose_name="拠点",
                    ),
                ),
            ],
            options={
                "constraints": [
                    Wall(name="consultations_clientmade_wall"),
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
                    models.UniqueConstraint(fields=("hub", "client_id"), name="one_record_per_hub_and_client_made_id"),
                    models.CheckConstraint(
                        condition=models.Q(("case__isnull", False), ("enterprise__isnull", True))
                        | models.Q(("case__isnull", True), ("enterprise__isnull", False)),
                        name="a_client_made_id_stands_for_one_record",
                    ),
                ],
            },
        ),
    ]
