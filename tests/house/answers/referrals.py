"""Referrals at a hub, and what the other agency's link opens."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hubs.models import Hub
from hubs.tenancy import Scope, entered
from referrals import actions
from referrals.models import ReferralWork
from tests import making
from tests.referrals.making import make_referral, make_sent, token_of

# fmt: off
ROWS = {
    "answers/<slug:token>/":                                   "yyyyyyyyyyy",
    "answers/<slug:token>/steps/":                             "ggggggggggg",
    "answers/<slug:token>/works/":                             "ggggggggggg",
    "hubs/<slug:hub>/referrals/":                              "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/referrals/new/":                          "s---xxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/":                     "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/referrals/<int:pk>/edit/":                "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/sending/":             "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/revocation/":          "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/cancellation/":        "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/answers/":             "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/works/":               "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/referrals/<int:pk>/works/<int:work>/striking/": "s-ggxxxxxxx s-------xxx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """One that is being written, and one that was sent and worked on."""
    draft, sent = make_referral(hub=hub), make_sent(hub=hub)
    with entered(Scope.of_hub(hub.pk)):
        actions.log_work(
            referral=sent, worked_on=timezone.localdate(), times=1, content="面談", client_id=draft.client_id,
            by=making.staff_of(hub), at=timezone.now(),
        )  # fmt: skip
        work = ReferralWork.objects.get(referral=sent)
    return {
        "answers/<slug:token>": token_of(sent),
        "referrals/<int:pk>": draft.pk,
        "works/<int:work>": work.pk,
    }
