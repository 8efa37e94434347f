"""Writing, publishing and withdrawing case studies: headquarters' deeds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import trail
from casestudies.choices import StudyMove, StudyState
from casestudies.models import CaseStudy
from casestudies.workflow import STUDY
from consultations.actions import Edited


class ConsentMissing(ValueError):
    """Nothing is published of a client who has not agreed."""


@transaction.atomic
def draft(*, by: User, at: dt.datetime, **fields: Any) -> CaseStudy:
    """A new case study, seen by headquarters only."""
    study = CaseStudy(set_by=by, set_at=at, **fields)
    study.note_words()
    study.save()
    trail.record("case_study.drafted", by=by, at=at, on=study)
    return study


@transaction.atomic
def revise(*, study: CaseStudy, version: int, by: User, at: dt.datetime, **fields: Any) -> CaseStudy:
    """Change what is told. Raises Edited, and ConsentMissing where a published one would lose its consent."""
    current = _locked(study, version)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    if current.state == StudyState.PUBLISHED and current.consented_on is None:
        raise ConsentMissing
    current.note_words()
    _keep(current, by, at)
    trail.record("case_study.revised", by=by, at=at, on=current, fields=changed)
    return current


@transaction.atomic
def publish(*, study: CaseStudy, version: int, by: User, at: dt.datetime) -> CaseStudy:
    """Show it to everybody. Raises Edited, MoveRefused, ConsentMissing."""
    current = _locked(study, version)
    state = STUDY.after(current.state, StudyMove.PUBLISH)
    if current.consented_on is None:
        raise ConsentMissing
    current.state, current.published_on = StudyState(state), timezone.localdate(at)
    _keep(current, by, at)
    trail.record("case_study.published", by=by, at=at, on=current)
    return current


@transaction.atomic
def withdraw(*, study: CaseStudy, version: int, by: User, at: dt.datetime) -> CaseStudy:
    """Show it to nobody any more: at once, whatever was agreed before. Raises Edited, MoveRefused."""
    current = _locked(study, version)
    current.state = StudyState(STUDY.after(current.state, StudyMove.WITHDRAW))
    _keep(current, by, at)
    trail.record("case_study.withdrawn", by=by, at=at, on=current)
    return current


def _locked(study: CaseStudy, version: int) -> CaseStudy:
    current = CaseStudy.objects.select_for_update().get(pk=study.pk)
    if current.version != version:
        raise Edited(current)
    return current


def _keep(study: CaseStudy, by: User, at: dt.datetime) -> None:
    study.version, study.set_by, study.set_at = study.version + 1, by, at
    study.save()
