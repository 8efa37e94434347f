"""The clock of referrals: due minus done, so that running it twice is harmless, and a dead worker's share is taken up
by the next."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hubs.tenancy import HUB_IDS, Scope, entered
from referrals import actions, queries


@shared_task(name="referrals.chase_due")
def chase_due() -> None:
    """Ask those again who have not answered, each in its own transaction."""
    for hub_id in HUB_IDS:
        at = timezone.now()
        with entered(Scope.of_hub(hub_id)):
            due = queries.chases_due(hub_id=hub_id, today=timezone.localtime(at).date())
        for referral_id, number in due:
            with entered(Scope.of_hub(hub_id)):
                actions.chase(referral_id=referral_id, number=number, at=at)


@shared_task(name="referrals.tell_answers")
def tell_answers() -> None:
    """Tell whoever leads the case that the agency has ended it, each in its own transaction."""
    for hub_id in HUB_IDS:
        at = timezone.now()
        with entered(Scope.of_hub(hub_id)):
            untold = list(queries.answers_untold(hub_id=hub_id))
        for referral_id in untold:
            with entered(Scope.of_hub(hub_id)):
                actions.tell_answer(referral_id=referral_id, at=at)


@shared_task(name="referrals.end_links")
def end_links() -> None:
    """Close what nobody can answer any more, and what its client does not want to be answered; and give the coordinator
    something to do."""
    for hub_id in HUB_IDS:
        at = timezone.now()
        with entered(Scope.of_hub(hub_id)):
            stopped = list(queries.links_to_stop(hub_id=hub_id, at=at))
            ended = list(queries.links_ended(hub_id=hub_id, at=at, today=timezone.localtime(at).date()))
        for referral_id in stopped:
            with entered(Scope.of_hub(hub_id)):
                actions.stop_link(referral_id=referral_id, at=at)
        for referral_id in ended:
            with entered(Scope.of_hub(hub_id)):
                actions.end_link(referral_id=referral_id, at=at)
