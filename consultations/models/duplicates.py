"""Who may be in the books twice: what enterprises are found by, and the pairs that are likely to be one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import NamedTuple, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.choices import Evidence, KeyKind, PairState
from consultations.models.enterprises import Enterprise
from foundation.constraints import SameHub, both_or_neither, one_of
from foundation.identifiers import differ_in_one_digit
from foundation.text import fold, match_key
from hubs.tenancy import HubManager, HubOwned, HubQuerySet

LONGEST_KEY = 400
SCORES = {
    Evidence.NUMBER_SLIP: 60,
    Evidence.NAME_AND_PLACE: 50,
    Evidence.EMAIL: 45,
    Evidence.PHONE: 40,
    Evidence.NAME: 15,
    Evidence.NUMBERS_DIFFER: -40,
}
# What two records of one enterprise agree in. A name alone never makes a pair (株式会社アシスト exists 703 times), nor
# does a number with one other digit: the numbers of one registry office lie so close together that a hub with 20,000
# enterprises has hundreds of such neighbours.
_STRONG = frozenset({Evidence.NAME_AND_PLACE, Evidence.EMAIL, Evidence.PHONE})
_TOGETHER = frozenset({Evidence.NUMBER_SLIP, Evidence.NAME})
_PREFECTURE = re.compile(r"^(東京都|北海道|(京都|大阪)府|.{2,3}県)")


class Key(NamedTuple):
    """One thing that an enterprise is found by."""

    kind: str
    value: str


class Verdict(NamedTuple):
    """What speaks for two records being one enterprise, and how much."""

    reasons: list[str]
    score: int


def place_key(municipality: str) -> str:
    """A municipality as a key: without its prefecture, spaces and dashes. Empty where it is not known."""
    return _PREFECTURE.sub("", match_key(municipality))[:60]


def keys_of(enterprise: Enterprise) -> set[Key]:
    """What a standing enterprise is found by; of one that is merged into another, or anonymised: nothing."""
    if enterprise.merged_into_id is not None or enterprise.anonymised_at is not None:
        return set()
    place = place_key(enterprise.municipality)
    found = {Key(KeyKind.PHONE, enterprise.phone), Key(KeyKind.EMAIL, fold(enterprise.email))}
    for name in {match_key(enterprise.name), match_key(enterprise.trade_name)}:
        if name:
            found.add(Key(KeyKind.NAME, name))
            found.add(Key(KeyKind.NAME_AND_PLACE, f"{name} {place}" if place else ""))
    return {Key(key.kind, key.value[:LONGEST_KEY]) for key in found if key.value}


def verdict(one: Enterprise, other: Enterprise, *, common: Set[Key] = frozenset()) -> Verdict | None:
    """Whether two enterprises of a hub are a likely pair. What many share (`common`) says nothing.

    Two that bear different numbers are different corporations, unless much else agrees: group companies share a
    telephone, or a name and a town, but seldom both and the mail address."""
    found = {Evidence(key.kind) for key in (keys_of(one) & keys_of(other)) - common}
    numbers = (one.corporate_number, other.corporate_number)
    if all(numbers):
        found.add(Evidence.NUMBER_SLIP if differ_in_one_digit(*numbers) else Evidence.NUMBERS_DIFFER)
    if Evidence.NAME_AND_PLACE in found:
        found.discard(Evidence.NAME)
    strong = len(found & _STRONG) + (Evidence.NAME in found and bool(found & _STRONG))
    enough = strong >= 1 or found >= _TOGETHER
    if not enough or (Evidence.NUMBERS_DIFFER in found and strong < 2):
        return None
    ordered = [evidence for evidence in SCORES if evidence in found]
    return Verdict([str(evidence) for evidence in ordered], min(100, sum(SCORES[evidence] for evidence in ordered)))


class MatchKey(HubOwned):
    """One thing that a standing enterprise is found by, behind an index that begins with the hub."""

    # Its index does not begin with the hub: right after a bulk load, while the table has no statistics, the planner
    # would else read a hub's keys from beginning to end instead of looking one up.
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=KeyKind.choices)
    value = models.CharField(max_length=LONGEST_KEY)
    is_common = models.BooleanField(default=False)  # so many share it that it says nothing

    when_merged = {"enterprise": "stays"}

    class Meta:
        indexes = [
            models.Index(fields=["hub", "kind", "value"], condition=Q(is_common=True), name="matchkey_common"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_match_key_is_of_its_hubs_enterprise",
                columns=["enterprise_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "kind", "value", "enterprise"], name="one_match_key_per_enterprise"),
            one_of("kind", KeyKind, name="match_key_kind_is_known"),
            models.CheckConstraint(condition=~Q(value=""), name="a_match_key_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind}"


class MatchDue(HubOwned):
    """An enterprise whose pairs may have changed. Written by a trigger, taken away by the search for pairs. Without
    a foreign key: whoever is gone is simply not found."""

    enterprise_pk = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["hub", "id"], name="matchdue_by_hub")]
        constraints = [*HubOwned.Meta.constraints]

    def __str__(self) -> str:
        return str(self.enterprise_pk)


class LikelyPairQuerySet(HubQuerySet["LikelyPair"]):
    """Sentences about pairs."""

    def open(self) -> Self:
        return self.filter(state=PairState.OPEN)

    def of(self, enterprise_ids: Iterable[int]) -> Self:
        """Those that one of some enterprises belongs to."""
        ids = list(enterprise_ids)
        return self.filter(Q(first__in=ids) | Q(second__in=ids))

    def between(self, one: int, other: int) -> Self:
        """The pair of two enterprises, whichever comes first."""
        return self.filter(first=min(one, other), second=max(one, other))

    def with_both(self) -> Self:
        return self.select_related("first", "second", "decided_by")

    def likeliest_first(self) -> Self:
        return self.order_by("-score", "-pk")


class LikelyPairManager(HubManager.from_queryset(LikelyPairQuerySet)):  # type: ignore[misc]
    """The hub's own pairs."""


class LikelyPair(HubOwned):
    """Two enterprises of a hub that may be one. Once dismissed it stays dismissed, whatever is found later."""

    first = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", db_index=False)
    reasons = ArrayField(models.CharField(max_length=20, choices=Evidence.choices), verbose_name=_("手がかり"))
    score = models.PositiveSmallIntegerField(_("確からしさ"))
    state = models.CharField(_("状態"), max_length=20, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField(_("見つけた日時"))
    decided_at = models.DateTimeField(_("判断した日時"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("判断した人"), related_name="+", null=True
    )
    note = models.CharField(_("理由"), max_length=200, blank=True)

    when_merged = {"first": "stays", "second": "stays"}
    objects = LikelyPairManager()

    class Meta:
        verbose_name = _("重複の候補")
        verbose_name_plural = _("重複の候補")
        indexes = [
            models.Index(fields=["hub", "state", "-score", "-id"], name="likelypair_by_score"),
            models.Index(fields=["hub", "second"], name="likelypair_by_second"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_pairs_first_is_of_its_hub",
                columns=["first_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_pairs_second_is_of_its_hub",
                columns=["second_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "first", "second"], name="one_pair_per_two_enterprises"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_is_of_two_enterprises_in_order"),
            models.CheckConstraint(condition=Q(reasons__len__gt=0), name="a_pair_has_a_reason"),
            one_of("state", PairState, name="pair_state_is_known"),
            both_or_neither("decided_at", "decided_by", name="a_decision_about_a_pair_has_a_person"),
            models.CheckConstraint(
                condition=Q(state=PairState.OPEN) | Q(decided_at__isnull=False),
                name="a_pair_is_closed_by_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"

    @property
    def reason_labels(self) -> list[str]:
        """What speaks for it, as people read it."""
        return [str(Evidence(reason).label) for reason in self.reasons]
