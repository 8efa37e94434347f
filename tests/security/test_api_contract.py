"""Schemathesis makes up requests from the published schema: no answer is a 5xx, and none is one that the schema hides."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import actions
from accounts.choices import TokenScope
from accounts.tokens import digest_of, fresh_secret
from consultations.actions.privacy import anonymise
from hubs.api import etag_of
from hubs.tenancy import Scope, entered
from tests import making
from tests.referrals.making import make_referral

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
)  # fmt: skip
EXISTING = {}  # what a made-up body may name
SCHEMA_PATH = "/api/schema/?format=json"


def bearer(user):
    """A token that may do everything its owner may."""
    secret, now = fresh_secret(), timezone.now()
    actions.issue_token(
        user=user, name="契約の試験", scopes=list(TokenScope.values), digest=digest_of(secret), beginning=secret[:10],
        at=now, expires_at=now + dt.timedelta(days=1),
    )  # fmt: skip
    return {"Authorization": f"Bearer {secret}"}


def contract():
    """The schema as it is published."""
    return schemathesis.openapi.from_wsgi(SCHEMA_PATH, get_wsgi_application())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["coordinator", "agency"])
def test_no_answer_is_an_error_of_ours_and_none_is_undocumented(role, tokyo, settings_for_many):
    held = making.make_consultation(hub=tokyo)
    person = making.make_person(role, second_factor=True) if role == "agency" else making.make_person(role, hub=tokyo)
    shown, schema = bearer(person), contract()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 12
    rows = {"enterprises": held.case.enterprise, "cases": held.case, "consultations": held}
    rows["referrals"] = make_referral(hub=tokyo)
    EXISTING.update(case=held.case_id, enterprise=held.enterprise_id, themes=["channels"], held_on="2026-11-10")
    for operation in operations:
        own = rows.get(operation.path.split("/")[5] if "{hub}" in operation.path else "")
        answers = hold_to(operation, shown, own, GenerationMode.POSITIVE)
        if role == "coordinator" and operation.method == "get" and "{hub}" in operation.path:
            assert 200 in answers, f"{operation.path}: {answers}"
        with contextlib.suppress(Unsatisfiable):  # what takes nothing cannot be given anything wrong
            hold_to(operation, shown, own, GenerationMode.NEGATIVE)


@pytest.mark.django_db(transaction=True)
def test_nor_is_there_one_about_a_client_who_was_forgotten(tokyo, settings_for_many):
    held = making.make_consultation(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        anonymise(enterprise=held.enterprise, at=timezone.now(), by=None, ground="erasure")
    shown, schema = bearer(making.make_person("coordinator", hub=tokyo)), contract()
    rows = {"enterprises": held.case.enterprise, "cases": held.case, "consultations": held}
    EXISTING.update(case=held.case_id, enterprise=held.enterprise_id, themes=["channels"], held_on="2026-11-10")
    for operation in (found.ok() for found in schema.get_all_operations()):
        if "{hub}" in operation.path and (own := rows.get(operation.path.split("/")[5])) and operation.method != "get":
            answers = hold_to(operation, shown, own, GenerationMode.POSITIVE)
            assert not answers & {500, 502}, operation.path


def hold_to(operation, shown, own, mode):
    """Made-up requests to one operation; every other one aims at what exists, in its present edition. Which answers
    came. In the negative mode each breaks the schema somewhere."""
    turn, answers = itertools.cycle([True, False]), set()

    @settings(
        max_examples=24, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case):
        cache.clear()  # the rate limit has a test of its own
        if "hub" in case.path_parameters:
            case.path_parameters["hub"] = "tokyo"
        if next(turn):
            aim(case, own)
        answers.add(case.call_and_validate(headers=shown, checks=CHECKS).status_code)

    holds()
    return answers


def aim(case, own):
    """At rows that exist, so that a made-up request comes as far as the rules."""
    if "month" in case.path_parameters:
        case.path_parameters["month"] = "2026-10"
    if own is not None and "id" in case.path_parameters:
        case.path_parameters["id"] = own.pk
        with entered(Scope.of_hub(own.hub_id)):
            own.refresh_from_db(fields=["version"])
        case.headers["If-Match"] = etag_of(own)
    if isinstance(case.body, dict):
        case.body |= {name: value for name, value in EXISTING.items() if name in case.body}


@pytest.fixture
def settings_for_many(settings):
    """Made-up requests come by the hundred."""
    settings.API_RATE = settings.API_WRITE_RATE = "100000/min"
