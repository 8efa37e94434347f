"""What stands around the notes of somebody: files, remarks about outcomes, comments of reviews. Told with everything
else that is held of them, and erased with it; kinds, days and figures stay, because they are counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consultations.actions import attachments, privacy
from consultations.models import Attachment, Consultation, Enterprise, FollowUp, Outcome, ReviewComment
from consultations.models.enterprises import ANONYMISED
from consultations.queries.privacy import told


def _files(enterprise: Enterprise) -> Any:
    rows = Attachment.objects.filter(hub_id=enterprise.hub_id, consultation__enterprise=enterprise)
    return rows.select_related("consultation", "uploaded_by", "removed_by").order_by("pk")


def _erase_files(enterprise: Enterprise, at: dt.datetime) -> int:
    sessions = Consultation.objects.filter(hub_id=enterprise.hub_id, enterprise=enterprise, attachments__isnull=False)
    return sum(attachments.forget(consultation=row, at=at) for row in sessions.for_lists().order_by("pk").distinct())


def _outcomes(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    hub = enterprise.hub_id
    people = ("case", "created_by", "updated_by", "confirmed_by", "deleted_by")
    for row in Outcome.objects.filter(hub_id=hub, case__enterprise=enterprise).select_related(*people).order_by("pk"):
        yield told(row)
    follow_ups = FollowUp.objects.filter(hub_id=hub, case__enterprise=enterprise)
    for row in follow_ups.select_related("case", "outcome", "ended_by").order_by("pk"):
        yield told(row)


def _erase_outcomes(enterprise: Enterprise, at: dt.datetime) -> int:
    outcomes = Outcome.objects.filter(hub_id=enterprise.hub_id, case__enterprise=enterprise)
    count = outcomes.update(evidence="", before_value=None, after_value=None, version=F("version") + 1)
    follow_ups = FollowUp.objects.filter(hub_id=enterprise.hub_id, case__enterprise=enterprise).exclude(reason="")
    return count + follow_ups.update(reason=ANONYMISED)


def _comments(enterprise: Enterprise) -> Any:
    return ReviewComment.objects.filter(hub_id=enterprise.hub_id, review__consultation__enterprise=enterprise)


def _erase_comments(enterprise: Enterprise, at: dt.datetime) -> int:
    return int(_comments(enterprise).update(text=ANONYMISED))


def register() -> None:
    """Called once when the system starts."""
    for holding in (
        privacy.Holding(
            "attachments", _("添付ファイル"), lambda e: [told(row, "key") for row in _files(e)], _erase_files
        ),
        privacy.Holding("outcomes", _("成果と追跡"), _outcomes, _erase_outcomes),
        privacy.Holding(
            "review_comments",
            _("確認のコメント"),
            lambda e: [told(row) for row in _comments(e).select_related("review", "by").order_by("pk")],
            _erase_comments,
        ),
    ):
        privacy.register(holding)
