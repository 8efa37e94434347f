"""Whether anything may still be written about a client: of one who was anonymised, nothing."""

from __future__ import annotations

from consultations.actions.refusals import Anonymised
from consultations.models import Enterprise


def refuse_anonymised(*, hub_id: int, enterprise_id: int) -> None:
    """Raises Anonymised. To be asked while one holds a row of the client that an erasure takes too (enterprise, case
    or consultation): what was read before one had to wait for that row may be older than the erasure."""
    gone = Enterprise.objects.filter(hub_id=hub_id, pk=enterprise_id, anonymised_at__isnull=False)
    if gone.exists():
        raise Anonymised
