"""What comes back: the link by which the other agency answers, its answers, and the work that it did."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.constraints import LINK, LinkDoor, SameHub, both_or_neither, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet, LinkManager
from referrals.choices import ReferralMove, ReferralState
from referrals.models.referrals import BY_LINK, Referral

SALT = "referrals.link"


def _of_its_hubs_referral(name: str) -> SameHub:
    columns = ["referral_id", "hub_id"]
    return SameHub(name=name, columns=columns, to_table="referrals_referral", to_columns=["id", "hub_id"])


class ReferralLink(HubOwned):
    """A key to one referral: signed, so that nobody can make one; kept as a hash, so that who reads the table has
    none; with an end, and revocable. A new one takes the place of the old."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="links")
    seed = models.UUIDField(default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("作成日時"))
    expires_at = models.DateTimeField(_("有効期限"))
    revoked_at = models.DateTimeField(_("停止日時"), null=True)

    objects = HubManager()
    by_link = LinkManager()

    class Meta:
        verbose_name = _("回答用リンク")
        verbose_name_plural = _("回答用リンク")
        indexes = [models.Index(fields=["hub", "referral"], name="referrallink_by_referral")]
        constraints = [
            *HubOwned.Meta.constraints,
            LinkDoor(name="referrals_referrallink_by_link", condition=f"token_hash = {LINK}"),
            models.UniqueConstraint(fields=["token_hash", "hub"], name="one_link_per_token"),
            models.UniqueConstraint(
                fields=["hub", "referral"], condition=Q(revoked_at__isnull=True), name="one_link_at_a_time"
            ),
            _of_its_hubs_referral("a_link_is_of_its_hubs_referral"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="a_link_ends_after_it_began"),
            models.CheckConstraint(condition=Q(token_hash__regex="^[0-9a-f]{64}$"), name="a_link_is_kept_as_a_hash"),  # noqa: S106
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.expires_at:%Y-%m-%d}"

    def is_alive(self, at: dt.datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > at

    @property
    def token(self) -> str:
        """What stands in the address: signed with the system's key over this link's seed, 256 bits."""
        return salted_hmac(SALT, f"{self.referral_id}:{self.seed}", algorithm="sha256").hexdigest()


class ReferralStep(HubOwned):
    """One thing that happened to a referral: a move, a chase, a link. `by` nobody: the other agency, by its link, or
    the system. A move that somebody of the hub records for the agency is on its behalf."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    client_id = models.UUIDField(_("入力番号"), default=uuid.uuid4, editable=False)
    what = models.CharField(_("出来事"), max_length=20)
    state = models.CharField(_("状態"), max_length=20, choices=ReferralState.choices)
    note = models.TextField(_("備考"), blank=True)
    is_agencys = models.BooleanField(_("相手機関による"), default=False)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = HubManager()
    by_link = LinkManager()

    class Meta:
        verbose_name = _("紹介・連携の経過")
        verbose_name_plural = _("紹介・連携の経過")
        indexes = [models.Index(fields=["hub", "referral", "at"], name="referralstep_by_referral")]
        constraints = [
            *HubOwned.Meta.constraints,
            LinkDoor(  # its own answers, not what the hub wrote for itself
                name="referrals_referralstep_by_link",
                condition=f"referral_id = {BY_LINK} AND is_agencys AND by_id IS NULL",
                commands=["SELECT", "INSERT"],
            ),
            models.UniqueConstraint(fields=["hub", "referral", "client_id"], name="one_step_per_client_id"),
            _of_its_hubs_referral("a_step_is_of_its_hubs_referral"),
            one_of("state", ReferralState, name="referralstep_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.what}"

    @property
    def label(self) -> str:
        """What happened, in the reader's language."""
        return str(WHAT.get(self.what, self.what))


TOLD = "told"  # whoever leads the case was told what the agency answered
# What steps that are no moves are called.
WHAT = dict(ReferralMove.choices) | {
    "chased": _("督促した"),
    TOLD: _("担当者に知らせた"),
    "revoked": _("リンクを止めた"),
    "resent": _("リンクを送り直した"),
    "link_ended": _("リンクの期限が過ぎた"),
    "withdrawn": _("同意の撤回によりリンクを止めた"),
    "forgotten": _("匿名化により終えた"),
}


class ReferralWorkQuerySet(HubQuerySet["ReferralWork"]):
    """Sentences about the other agency's work."""

    def standing(self) -> Self:
        """Not struck out."""
        return self.filter(struck_at__isnull=True)

    def done_between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(worked_on__range=(first, last))


class ReferralWorkManager(HubManager.from_queryset(ReferralWorkQuerySet)):  # type: ignore[misc]
    """Work on the hub's own referrals."""


class ReferralWork(HubOwned):
    """支援の実施: what the other agency did, on a day, so many times. It counts in the hub's month (tender II.7 ※)."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="works")
    client_id = models.UUIDField(_("入力番号"), default=uuid.uuid4, editable=False)
    worked_on = models.DateField(_("支援した日"))
    times = models.PositiveSmallIntegerField(_("回数"), default=1)
    content = models.TextField(_("支援の内容"))
    typed_at = models.DateTimeField(_("入力日時"))
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("入力者"), related_name="+", null=True
    )
    struck_at = models.DateTimeField(_("取消日時"), null=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = ReferralWorkManager()
    by_link = LinkManager()

    class Meta:
        verbose_name = _("紹介先の支援")
        verbose_name_plural = _("紹介先の支援")
        indexes = [
            models.Index(fields=["hub", "referral"], name="referralwork_by_referral"),
            models.Index(fields=["hub", "worked_on"], name="referralwork_by_day"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            LinkDoor(
                name="referrals_referralwork_by_link",
                condition=f"referral_id = {BY_LINK}",
                commands=["SELECT", "INSERT"],
            ),
            models.UniqueConstraint(fields=["hub", "referral", "client_id"], name="one_work_per_client_id"),
            _of_its_hubs_referral("work_is_of_its_hubs_referral"),
            models.CheckConstraint(condition=Q(times__range=(1, 99)), name="work_is_done_1_to_99_times"),
            models.CheckConstraint(condition=~Q(content=""), name="work_says_what_was_done"),
            models.CheckConstraint(
                condition=Q(worked_on__range=(dt.date(2014, 4, 1), dt.date(2100, 3, 31))),
                name="work_within_the_programme",
            ),
            both_or_neither("struck_at", "struck_by", name="struck_out_work_has_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.worked_on} {self.times}"
