"""Case studies for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from casestudies import actions
from casestudies.models import CaseStudy
from hubs.models import Hub
from tests import making

TOLD = {
    "title": "催事の採算を見直し、県外の売り先を広げた味噌蔵",
    "client": "食品製造業・従業員12名",
    "category": "sales",
    "themes": ["channels"],
    "problem": "県外の催事に出ても利益が残らず、味噌の売り先が広がらない。",
    "support": "催事ごとの採算を一緒に試算し、粗利の高い味噌に絞って商談会に出ることを勧めた。",
    "result": "県外の小売店3社と取引が始まった。",
}


def make_study(*, hub: Hub, published: bool = True, **fields: Any) -> CaseStudy:
    """A case study that its client agreed to; published unless said otherwise."""
    author = fields.pop("by", None) or making.make_user()
    told = TOLD | {"consented_on": date(2026, 9, 1)} | fields
    study = actions.draft(by=author, at=timezone.now(), hub=hub, **told)
    if published:
        study = actions.publish(study=study, version=study.version, by=author, at=timezone.now())
    return study
