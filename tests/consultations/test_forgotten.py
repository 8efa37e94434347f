"""Of a client who was anonymised nothing new is taken in: not by pages, not by programs, not in the same moment."""

from __future__ import annotations

import threading
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from consultations import actions
from consultations.actions import attachments, outcomes, privacy
from consultations.forms import FORGOTTEN
from consultations.models import Attachment, Case, Consultation, Enterprise, Outcome
from consultations.models.enterprises import ANONYMISED
from hubs.tenancy import Scope, entered
from tests.consultations.making_privacy import make_silent
from tests.waiting import wait_until_somebody_waits

API = "/api/v1/hubs/tokyo/"
NAME = "株式会社青空製作所"


@pytest.fixture
def forgotten(tokyo, now) -> Consultation:
    """The one note of a client who was anonymised."""
    enterprise = make_silent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        privacy.anonymise(enterprise=enterprise, ground="request", by=None, at=now)
        return Consultation.objects.select_related("case", "enterprise").get(enterprise=enterprise)


AN_OUTCOME = {
    "kind": "sales", "trend": "up", "as_of": "closing", "measured_on": "2026-11-10", "amount_yen": "1200000",
    "before_value": "8000000", "after_value": "9200000", "evidence": "青空さんの試算表で確認した。", "version": "1",
}  # fmt: skip


def nothing_is_told_of(tokyo, note: Consultation) -> bool:
    """Whether all is still as the erasure has left it."""
    with entered(Scope.of_hub(tokyo.pk)):
        texts = set(Consultation.objects.filter(enterprise=note.enterprise_id).values_list("content", "advice"))
        titles = set(Case.objects.filter(enterprise=note.enterprise_id).values_list("title", "issue"))
        name = Enterprise.objects.get(pk=note.enterprise_id).name
    return texts == {(ANONYMISED, ANONYMISED)} and titles == {(ANONYMISED, "")} and name == ANONYMISED


def a_session(**changes):
    return {
        "held_on": "2026-11-19", "minutes": 30, "method": "phone", "themes": ["channels"],
        "content": "青空 太郎さんの相談。", "advice": "商談会を勧めた。",
    } | changes  # fmt: skip


def a_case(enterprise_id: int):
    return {"enterprise": enterprise_id, "title": "青空 太郎さんの販路", "category": "sales", "received_on": "2026-11-10",
            "reception": "web"}  # fmt: skip


@pytest.mark.django_db
def test_no_program_writes_about_an_anonymised_client(client, tokyo, coordinator, forgotten):
    client.force_login(coordinator)
    case, enterprise = forgotten.case, forgotten.enterprise

    def tag(path: str) -> str:
        return client.get(API + path)["ETag"]

    once = {"client_id": str(uuid.uuid4())}
    asked = [
        ("post", "consultations/", a_session(case=case.pk) | once),
        ("patch", f"consultations/{forgotten.pk}/", {"content": "青空 太郎さんの相談。"}),
        ("patch", f"cases/{case.pk}/", {"title": "青空 太郎さんの販路"}),
        ("post", f"cases/{case.pk}/steps/", {"move": "start", "on": "2026-11-19", "note": "青空さんから電話"}),
        ("post", "cases/", a_case(enterprise.pk) | once),
        ("patch", f"enterprises/{enterprise.pk}/", {"name": NAME}),
    ]
    for method, path, body in asked:
        headers = {} if path.endswith(("tions/", "cases/")) else {"If-Match": tag(path.removesuffix("steps/"))}
        answer = getattr(client, method)(API + path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 409, (path, answer.content)
        assert "erased" in answer.json()["detail"]
    assert nothing_is_told_of(tokyo, forgotten)


@pytest.mark.django_db
def test_what_a_program_had_sent_before_the_erasure_is_the_same_record_when_sent_again(
    client, tokyo, coordinator, forgotten
):
    client.force_login(coordinator)
    body = a_session(case=forgotten.case_id, client_id=str(forgotten.client_id))
    answer = client.post(f"{API}consultations/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["id"]) == (200, forgotten.pk)


@pytest.mark.django_db
def test_no_page_writes_about_an_anonymised_client(client, tokyo, coordinator, forgotten):
    client.force_login(coordinator)
    case = forgotten.case
    written = a_session(version=forgotten.version, client_id=str(uuid.uuid4()), case=case.pk)
    asked = {
        "/hubs/tokyo/consultations/new/": written | {"enterprise": forgotten.enterprise_id},
        f"/hubs/tokyo/consultations/{forgotten.pk}/edit/": written,
        f"/hubs/tokyo/cases/{case.pk}/edit/": a_case(forgotten.enterprise_id) | {"version": case.version},
        f"/hubs/tokyo/cases/{case.pk}/steps/": {
            "move": "start", "on": "2026-11-19", "note": "青空さんから電話", "version": case.version,
        },
        f"/hubs/tokyo/cases/{case.pk}/outcomes/new/": AN_OUTCOME,
        f"/hubs/tokyo/consultations/{forgotten.pk}/attachments/": {
            "files": SimpleUploadedFile("青空製作所.txt", b"aozora", "text/plain"),
        },
    }  # fmt: skip
    for path, sent in asked.items():
        answer = client.post(path, sent)
        assert answer.status_code == 422, path
        assert str(FORGOTTEN) in answer.content.decode() or path.endswith("consultations/new/"), path
    assert nothing_is_told_of(tokyo, forgotten)
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Outcome.objects.exists()
        assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_case_of_an_anonymised_client_is_still_closed_without_a_word(client, tokyo, coordinator, forgotten):
    client.force_login(coordinator)
    sent = {"move": "suspend", "on": "2026-11-19", "version": forgotten.case.version}
    assert client.post(f"/hubs/tokyo/cases/{forgotten.case_id}/steps/", sent).status_code == 302


# ---- in the same moment
def elsewhere(tokyo, deed, refused: list[Exception]) -> threading.Thread:
    """Do something in a transaction of its own, over another connection."""

    def run() -> None:
        try:
            with entered(Scope.of_hub(tokyo.pk)):
                deed()
        except actions.Anonymised as problem:
            refused.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def silent(transactional_db, tokyo) -> Consultation:
    enterprise = make_silent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        return Consultation.objects.select_related("case", "enterprise__hub").get(enterprise=enterprise)


def deeds(note: Consultation, person, now):
    """What somebody may be about to write while the client is being erased."""
    session = actions.Session(date(2026, 11, 19), 30, "phone", ["channels"], "青空 太郎さんの相談。", "助言した。")
    who = {"by": person, "at": now}
    return {
        "log": lambda: actions.log_consultation(case=note.case, client_id=uuid.uuid4(), session=session, **who),
        "revise": lambda: actions.revise_consultation(consultation=note, version=note.version, session=session, **who),
        "open": lambda: actions.open_case(
            enterprise=note.enterprise, received_on=date(2026, 11, 19), title="青空さんの件", category="sales",
            reception="phone", **who,
        ),
        "case": lambda: actions.revise_case(case=note.case, version=note.case.version, title="青空さんの件", **who),
        "enterprise": lambda: actions.revise_enterprise(
            enterprise=note.enterprise, version=note.enterprise.version, name=NAME, **who
        ),
        "outcome": lambda: outcomes.record_outcome(
            case=note.case, kind="new_customer", as_of="closing", measured_on=date(2026, 11, 19),
            evidence="青空さんの話", **who,
        ),
        "attach": lambda: attachments.attach(
            consultation=note, file=SimpleUploadedFile("青空.txt", b"aozora"), name="青空.txt", kind="txt", **who
        ),
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["log", "revise", "open", "case", "enterprise", "outcome", "attach"])
def test_whoever_writes_while_a_client_is_being_erased_waits_and_is_refused(tokyo, coordinator, now, silent, deed):
    refused: list[Exception] = []
    with entered(Scope.of_hub(tokyo.pk)):
        privacy.anonymise(enterprise=silent.enterprise, ground="request", by=None, at=now)
        thread = elsewhere(tokyo, deeds(silent, coordinator, now)[deed], refused)
        wait_until_somebody_waits()
    thread.join()
    assert len(refused) == 1
    assert nothing_is_told_of(tokyo, silent)
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Outcome.objects.exists()
        assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["log", "revise", "open", "case"])
def test_an_erasure_waits_for_whoever_is_writing_and_takes_that_along(tokyo, coordinator, now, silent, deed):
    refused: list[Exception] = []
    with entered(Scope.of_hub(tokyo.pk)):
        deeds(silent, coordinator, now)[deed]()
        thread = elsewhere(
            tokyo, lambda: privacy.anonymise(enterprise=silent.enterprise, ground="request", by=None, at=now), refused
        )
        wait_until_somebody_waits()
    thread.join()
    assert refused == []
    assert nothing_is_told_of(tokyo, silent)
