"""Special desks, outcomes and their follow-ups, and what finding similar cases needs."""

from __future__ import annotations

import datetime
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import foundation.constraints

DESKS = """
-- A case goes to a special desk that was open, at its hub, on the day it came. What was chosen then stays.
CREATE FUNCTION consultations_refuse_desk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.special_desk_id IS NOT DISTINCT FROM OLD.special_desk_id THEN RETURN NEW; END IF;
    END IF;
    IF NEW.special_desk_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM consultations_specialdesk d
         WHERE d.id = NEW.special_desk_id AND d.opened_on <= NEW.received_on
           AND coalesce(d.closed_on >= NEW.received_on, true)
           AND (d.only_in = '{}' OR NEW.hub_id = ANY (d.only_in))) THEN
        RAISE EXCEPTION 'this special desk took no case on that day at that hub' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_desk BEFORE INSERT OR UPDATE OF special_desk_id ON consultations_case
    FOR EACH ROW EXECUTE FUNCTION consultations_refuse_desk();
"""
NO_DESKS = """
DROP TRIGGER refuse_desk ON consultations_case;
DROP FUNCTION consultations_refuse_desk();
"""

_TOUCH_CASES = """
CREATE OR REPLACE FUNCTION consultations_touch_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT c.hub_id, date_trunc('month', c.held_on)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.case_id = n.id
     WHERE (COLUMNS_NEW) IS DISTINCT FROM (COLUMNS_OLD)
    UNION
    SELECT n.hub_id, date_trunc('month', day)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id, unnest(ARRAY[n.closed_on, o.closed_on]) AS day
     WHERE day IS NOT NULL AND (n.closed_on, n.resolution) IS DISTINCT FROM (o.closed_on, o.resolution);
    RETURN NULL;
END $$;
"""


def touch_cases(*columns: str) -> str:
    """A case's category, introducer and special desk reach back to all its sessions."""
    news, olds = (", ".join(f"{row}.{column}" for column in columns) for row in "no")
    return _TOUCH_CASES.replace("COLUMNS_NEW", news).replace("COLUMNS_OLD", olds)


TOUCH_OUTCOMES = """
CREATE FUNCTION consultations_touch_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', measured_on)::date FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', measured_on)::date FROM old_rows;
    ELSE
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT hub_id, date_trunc('month', measured_on)::date FROM new_rows
        UNION SELECT hub_id, date_trunc('month', measured_on)::date FROM old_rows;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_inserted AFTER INSERT ON consultations_outcome
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_outcomes();
CREATE TRIGGER touch_updated AFTER UPDATE ON consultations_outcome
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_outcomes();
CREATE TRIGGER touch_deleted AFTER DELETE ON consultations_outcome
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_outcomes();
"""
UNTOUCH_OUTCOMES = """
DROP TRIGGER touch_deleted ON consultations_outcome;
DROP TRIGGER touch_updated ON consultations_outcome;
DROP TRIGGER touch_inserted ON consultations_outcome;
DROP FUNCTION consultations_touch_outcomes();
"""

# As consultations_search (0002): under the policy no index on pairs is used, so this function looks past it and keeps
# the wall itself. Candidates hold at least one of the telling pairs (`keys`); their score is the weight of all pairs
# in common, against the length of the note and the best one (1.0), and the share of themes in common.
SIMILAR = """
GRANT SELECT (case_id) ON consultations_consultation TO yorozu_search;
CREATE FUNCTION consultations_similar(
    in_hub integer, keys integer[], pairs integer[], weights real[], about text[], theme_weight real, but_case bigint,
    candidates integer, at_most integer
) RETURNS TABLE (id bigint, case_id bigint, score real) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off AS $$
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH candidate AS MATERIALIZED (
            SELECT c.id, c.case_id, c.themes::text[] AS themes, c.search_grams FROM public.consultations_consultation c
             WHERE c.hub_id = in_hub AND c.search_grams && keys AND c.deleted_at IS NULL
               AND c.case_id IS DISTINCT FROM but_case
             LIMIT candidates
        ), common AS (
            SELECT c.id, sum(asked.weight) AS weight
              FROM candidate c CROSS JOIN LATERAL unnest(c.search_grams) AS held (pair)
              JOIN unnest(pairs, weights) AS asked (pair, weight) USING (pair)
             GROUP BY c.id
        ), compared AS (
            SELECT c.id, c.case_id, common.weight / sqrt(40 + cardinality(c.search_grams)) AS likeness,
                   cardinality(c.themes) AS many,
                   (SELECT count(*) FROM unnest(c.themes) AS theme WHERE theme = ANY (about)) AS shared
              FROM common JOIN candidate c USING (id)
        )
        SELECT c.id, c.case_id, (c.likeness / max(c.likeness) OVER () + theme_weight * c.shared
               / greatest(c.many + cardinality(about) - c.shared, 1))::real AS score
          FROM compared c
         ORDER BY 3 DESC, 1 DESC LIMIT at_most;
END $$;
GRANT CREATE ON SCHEMA public TO yorozu_search;
ALTER FUNCTION consultations_similar(integer, integer[], integer[], real[], text[], real, bigint, integer, integer)
    OWNER TO yorozu_search;
REVOKE CREATE ON SCHEMA public FROM yorozu_search;
REVOKE EXECUTE ON FUNCTION consultations_similar(integer, integer[], integer[], real[], text[], real, bigint, integer, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION consultations_similar(integer, integer[], integer[], real[], text[], real, bigint, integer, integer)
    TO yorozu_app;
"""
NO_SIMILAR = """
DROP FUNCTION consultations_similar(integer, integer[], integer[], real[], text[], real, bigint, integer, integer);
REVOKE SELECT (case_id) ON consultations_consultation FROM yorozu_search;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0008_privacy"),
        ("hubs", "0002_appointment_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: list[Any] = [
        migrations.AddField(
            model_name="case",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="副担当",
            ),
        ),
        migrations.CreateModel(
            name="GramCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gram", models.IntegerField()),
                ("notes", models.PositiveIntegerField()),
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
        ),
        migrations.CreateModel(
            name="GramSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notes", models.PositiveIntegerField()),
                ("of_notes", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
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
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sales", "売上増"),
                            ("gross_profit", "粗利増"),
                            ("value_added", "付加価値額"),
                            ("wages", "賃上げ"),
                            ("employment", "雇用"),
                            ("funding", "資金調達"),
                            ("new_product", "新商品"),
                            ("new_customer", "新規取引"),
                            ("subsidy", "補助金採択"),
                            ("startup", "創業"),
                            ("succession", "承継成立"),
                            ("plan", "計画策定"),
                            ("cost", "コスト削減"),
                        ],
                        max_length=20,
                        verbose_name="成果の種類",
                    ),
                ),
                (
                    "trend",
                    models.CharField(
                        choices=[("up", "増加"), ("down", "減少"), ("same", "横ばい"), ("unknown", "不明")],
                        max_length=10,
                        verbose_name="変化",
                    ),
                ),
                ("amount_yen", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="金額(円)")),
                ("before_value", models.BigIntegerField(blank=True, null=True, verbose_name="支援前の値")),
                ("after_value", models.BigIntegerField(blank=True, null=True, verbose_name="支援後の値")),
                (
                    "as_of",
                    models.CharField(
                        choices=[
                            ("closing", "終了時"),
                            ("months_3", "3か月後"),
                            ("months_6", "6か月後"),
                            ("months_12", "12か月後"),
                        ],
                        max_length=20,
                        verbose_name="時点",
                    ),
                ),
                ("measured_on", models.DateField(verbose_name="把握した日")),
                ("evidence", models.TextField(blank=True, verbose_name="根拠")),
                ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="本人確認の日")),
                (
                    "confirmed_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("meeting", "面談"),
                            ("phone", "電話"),
                            ("mail", "メール"),
                            ("document", "決算書などの書面"),
                            ("survey", "アンケート"),
                        ],
                        max_length=20,
                        verbose_name="確認の方法",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="登録日時")),
                ("updated_at", models.DateTimeField(verbose_name="更新日時")),
                ("deleted_at", models.DateTimeField(editable=False, null=True, verbose_name="削除日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="consultations.case",
                        verbose_name="案件",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認を記録した人",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "updated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "成果",
                "verbose_name_plural": "成果",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "point",
                    models.CharField(
                        choices=[
                            ("closing", "終了時"),
                            ("months_3", "3か月後"),
                            ("months_6", "6か月後"),
                            ("months_12", "12か月後"),
                        ],
                        max_length=20,
                        verbose_name="追跡時点",
                    ),
                ),
                ("closed_on", models.DateField(verbose_name="終了日")),
                ("due_on", models.DateField(verbose_name="期日")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[("done", "把握済み"), ("skipped", "見送り"), ("cancelled", "取消")],
                        max_length=10,
                        verbose_name="結果",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完了日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="consultations.case",
                        verbose_name="案件",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "outcome",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consultations.outcome",
                    ),
                ),
            ],
            options={
                "verbose_name": "追跡",
                "verbose_name_plural": "追跡",
            },
        ),
        migrations.CreateModel(
            name="SpecialDesk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="名称")),
                ("name_en", models.CharField(max_length=120, verbose_name="英語名")),
                ("reason", models.TextField(verbose_name="設置の理由")),
                ("opened_on", models.DateField(verbose_name="開設日")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="終了日")),
                (
                    "only_in",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="対象の都道府県",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("set_at", models.DateTimeField(verbose_name="更新日時")),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="更新者",
                    ),
                ),
            ],
            options={
                "verbose_name": "特別相談窓口",
                "verbose_name_plural": "特別相談窓口",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="special_desk",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consultations.specialdesk",
                verbose_name="特別相談窓口",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_on__isnull", True), ("next_due_on__isnull", False)),
                fields=["hub", "lead", "next_due_on"],
                name="case_by_next_action",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("closed_on__isnull", True), ("deputy__isnull", False), ("next_due_on__isnull", False)
                ),
                fields=["hub", "deputy", "next_due_on"],
                name="case_by_deputys_next_action",
            ),
        ),
        migrations.AddConstraint(
            model_name="gramcount",
            constraint=foundation.constraints.Wall(
                append_only=False,
                column="hub_id",
                name="consultations_gramcount_wall",
                or_none=False,
                or_own="",
                sees="records",
            ),
        ),
        migrations.AddConstraint(
            model_name="gramcount",
            constraint=models.UniqueConstraint(fields=("hub", "gram"), name="one_gram_count_per_hub_and_gram"),
        ),
        migrations.AddConstraint(
            model_name="gramsample",
            constraint=foundation.constraints.Wall(
                append_only=False,
                column="hub_id",
                name="consultations_gramsample_wall",
                or_none=False,
                or_own="",
                sees="records",
            ),
        ),
        migrations.AddConstraint(
            model_name="gramsample",
            constraint=models.UniqueConstraint(fields=("hub",), name="one_gram_sample_per_hub"),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["hub", "case", "-measured_on"], name="outcome_by_case"),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(
                condition=models.Q(("confirmed_on__isnull", False), ("deleted_at__isnull", True)),
                fields=["hub", "measured_on"],
                name="outcome_counted_by_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=foundation.constraints.Wall(
                append_only=False,
                column="hub_id",
                name="consultations_outcome_wall",
                or_none=False,
                or_own="",
                sees="records",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(fields=("id", "hub"), name="outcome_and_hub"),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=foundation.constraints.SameHub(
                columns=["case_id", "hub_id"],
                name="an_outcome_is_of_its_hubs_case",
                to_columns=["id", "hub_id"],
                to_table="consultations_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "sales",
                            "gross_profit",
                            "value_added",
                            "wages",
                            "employment",
                            "funding",
                            "new_product",
                            "new_customer",
                            "subsidy",
                            "startup",
                            "succession",
                            "plan",
                            "cost",
                        ],
                    )
                ),
                name="outcome_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("trend__in", ["up", "down", "same", "unknown"])), name="outcome_trend_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("as_of__in", ["closing", "months_3", "months_6", "months_12"])),
                name="outcome_time_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("measured_on__range", (datetime.date(2014, 4, 1), datetime.date(2100, 3, 31)))),
                name="outcome_within_the_programme",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_by__isnull", True), ("confirmed_how", ""), ("confirmed_on__isnull", True)),
                    models.Q(
                        ("confirmed_by__isnull", False),
                        ("confirmed_how__in", ["meeting", "phone", "mail", "document", "survey"]),
                        ("confirmed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_confirmation_says_when_how_and_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_on__isnull", True), ("confirmed_on__gte", models.F("measured_on")), _connector="OR"
                ),
                name="an_outcome_is_confirmed_when_it_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_at__isnull", False), ("deleted_by__isnull", False)),
                    models.Q(("deleted_at__isnull", True), ("deleted_by__isnull", True)),
                    _connector="OR",
                ),
                name="an_outcomes_deletion_has_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(condition=models.Q(("ending", "")), fields=["hub", "due_on"], name="followup_pending"),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(fields=["hub", "case"], name="followup_by_case"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=foundation.constraints.Wall(
                append_only=False,
                column="hub_id",
                name="consultations_followup_wall",
                or_none=False,
                or_own="",
                sees="records",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ending", "cancelled"), _negated=True),
                fields=("hub", "case", "closed_on", "point"),
                name="one_followup_per_end_and_point",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=foundation.constraints.SameHub(
                columns=["case_id", "hub_id"],
                name="a_followup_is_of_its_hubs_case",
                to_columns=["id", "hub_id"],
                to_table="consultations_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=foundation.constraints.SameHub(
                columns=["outcome_id", "hub_id"],
                name="a_followup_is_done_by_its_hubs_outcome",
                to_columns=["id", "hub_id"],
                to_table="consultations_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("point__in", ["months_3", "months_6", "months_12"])), name="followup_point_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("ended_by__isnull", True),
                        ("ending", ""),
                        ("outcome__isnull", True),
                        ("reason", ""),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("ending__in", ["done", "skipped", "cancelled"]),
                        models.Q(
                            models.Q(("ending", "done"), _negated=True), ("outcome__isnull", False), _connector="OR"
                        ),
                        models.Q(
                            models.Q(("ending", "skipped"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="a_followup_ends_by_an_outcome_or_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="specialdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("name_en", ""), _negated=True)),
                name="a_special_desk_has_names",
            ),
        ),
        migrations.AddConstraint(
            model_name="specialdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_special_desk_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="specialdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                ),
                name="a_special_desk_closes_after_it_opened",
            ),
        ),
        migrations.AddConstraint(
            model_name="specialdesk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "only_in__contained_by",
                        [
                            1,
                            2,
                            3,
                            4,
                            5,
                            6,
                            7,
                            8,
                            9,
                            10,
                            11,
                            12,
                            13,
                            14,
                            15,
                            16,
                            17,
                            18,
                            19,
                            20,
                            21,
                            22,
                            23,
                            24,
                            25,
                            26,
                            27,
                            28,
                            29,
                            30,
                            31,
                            32,
                            33,
                            34,
                            35,
                            36,
                            37,
                            38,
                            39,
                            40,
                            41,
                            42,
                            43,
                            44,
                            45,
                            46,
                            47,
                        ],
                    )
                ),
                name="a_special_desk_is_in_known_prefectures",
            ),
        ),
        migrations.RunSQL(DESKS, NO_DESKS),
        migrations.RunSQL(
            touch_cases("category", "introduced_by", "special_desk_id"), touch_cases("category", "introduced_by")
        ),
        migrations.RunSQL(TOUCH_OUTCOMES, UNTOUCH_OUTCOMES),
        migrations.RunSQL(SIMILAR, NO_SIMILAR),
    ]
