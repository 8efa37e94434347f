"""Two hubs, one client."""

from __future__ import annotations

import pytest

from consultations.models import Consultation, Enterprise
from hubs.models import Hub
from tests import making
from tests.sharing.making import chief_of, make_client


@pytest.fixture
def naniwa(osaka: Hub) -> Enterprise:
    """A client of Osaka."""
    return make_client(osaka)


@pytest.fixture
def session(osaka: Hub, naniwa: Enterprise) -> Consultation:
    """A session of Osaka with it."""
    return making.make_consultation(
        hub=osaka, enterprise=naniwa, content="資金繰りがきびしい。", advice="借換えを検討。"
    )


@pytest.fixture
def osaka_chief(osaka: Hub):
    return chief_of(osaka)


@pytest.fixture
def kyoto(db: None) -> Hub:
    return Hub.objects.select_related("prefecture").get(slug="kyoto")
