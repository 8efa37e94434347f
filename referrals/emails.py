"""What we say to other agencies. No word about the client: mail is read by many on its way, the page by who has the
link."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.periods import japanese_day
from referrals.models import Referral, ReferralLink


@dataclass(frozen=True)
class Text:
    """Subject and body."""

    subject: str
    body: str


def sent(referral: Referral, link: ReferralLink) -> Text:
    """The first letter, and each that takes its place."""
    return _written("referrals/mail/sent.txt", _("【よろず支援拠点】%s のお願い"), referral, link)


def chase(referral: Referral, link: ReferralLink) -> Text:
    """Asking once more."""
    return _written(
        "referrals/mail/chase.txt", _("【よろず支援拠点】%s のお願い(ご回答をお待ちしています)"), referral, link
    )


def answered(referral: Referral, lead: User) -> Text:
    """To whoever leads the case: that there is an answer, and where. Never whose case it is."""
    with translation.override("ja"):
        body = render_to_string("referrals/mail/answered.txt", {
            "referral": referral, "lead": lead, "address": settings.SITE_URL + referral.get_absolute_url(),
        })  # fmt: skip
        return Text(_("%sへの回答がありました") % referral.get_kind_display(), body)


def _written(template: str, subject: str, referral: Referral, link: ReferralLink) -> Text:
    with translation.override("ja"):
        return Text(
            subject % referral.get_kind_display(),
            render_to_string(template, {
                "referral": referral, "hub": referral.hub, "address": address_of(link),
                "until": _day(link.expires_at), "sent_on": japanese_day(referral.sent_on) if referral.sent_on else "",
            }),
        )  # fmt: skip


def address_of(link: ReferralLink) -> str:
    """Where the link leads."""
    return settings.SITE_URL + reverse("answers:page", args=[link.token])


def _day(at: dt.datetime) -> str:
    return japanese_day(timezone.localtime(at).date())
