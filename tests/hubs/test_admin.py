"""The administration site: for administrators, without a record in sight, and with a trail."""

from __future__ import annotations

import pytest
from django.contrib import admin

from audit import trail
from audit.admin import TrailedAdmin
from audit.models import Entry
from directory.models import Code, SupportOrganization, SupportProgram
from hubs.models import FeeDefault, Hub, ImplementingBody, Membership, Unit
from hubs.tenancy import Scope, entered
from tests.making import make_organization, make_person

OURS = [Hub, ImplementingBody, Unit, Membership, FeeDefault, Code, SupportOrganization, SupportProgram]


def trail_of(action: str) -> Entry:
    with entered(Scope.nationwide()):
        return Entry.objects.get(action=action)


@pytest.mark.parametrize("model", [*OURS, Entry])
def test_each_list_and_form_opens(client, tokyo, administrator, model) -> None:
    client.force_login(administrator)
    make_organization()
    with entered(Scope()):
        trail.record("login.failed", by=None, at=administrator.joined_at)
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert client.get(base).status_code == 200
    with entered(Scope.of_hub(tokyo.pk)):
        pk = model._base_manager.order_by("pk").first().pk
    assert client.get(f"{base}{pk}/change/").status_code == 200


@pytest.mark.parametrize("model", OURS)
def test_each_leaves_a_trail(model) -> None:
    assert isinstance(admin.site.get_model_admin(model), TrailedAdmin)


def test_only_administrators_enter(client, everybody) -> None:
    for who, person in everybody.items():
        client.force_login(person)
        answer = client.get("/admin/hubs/hub/")
        assert (who, answer.status_code == 200) == (who, who == "administrator")


def test_adding_changing_and_deleting_are_written_down(client, tokyo, administrator) -> None:
    client.force_login(administrator)
    filled = {"hub": "13", "kind": "one_stop", "name": "多摩サテライト", "is_satellite": "on"}
    assert client.post("/admin/hubs/unit/add/", filled).status_code == 302
    added = trail_of("admin.added")
    assert (added.actor_id, added.hub_id, added.subject_type) == (administrator.pk, 13, "hubs.unit")
    address = f"/admin/hubs/unit/{added.subject_id}"
    assert client.post(f"{address}/change/", filled | {"name": "立川サテライト"}).status_code == 302
    assert len(trail_of("admin.changed").detail["fields"]) == 1
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 302
    assert trail_of("admin.deleted").subject_id == added.subject_id
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Unit.objects.filter(name="立川サテライト").exists()


def test_deleting_several_at_once_writes_each_down(client, administrator) -> None:
    client.force_login(administrator)
    doomed = [make_organization().pk for _ in range(3)]
    marked = {"action": "delete_selected", "_selected_action": doomed, "post": "yes"}
    assert client.post("/admin/directory/supportorganization/", marked).status_code == 302
    with entered(Scope()):
        assert Entry.objects.filter(action="admin.deleted").count() == 3


def test_the_trail_is_for_reading(client, administrator) -> None:
    with entered(Scope()):
        trail.record("login.failed", by=None, at=administrator.joined_at)
        line = Entry.objects.get()
    client.force_login(administrator)
    address = f"/admin/audit/entry/{line.pk}"
    assert client.get("/admin/audit/entry/add/").status_code == 403
    assert client.post(f"{address}/change/", {"actor": "nobody"}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


def test_a_hubs_lines_are_not_shown_there(client, tokyo, administrator) -> None:
    with entered(Scope.of_hub(tokyo.pk)):
        trail.record("enterprise.viewed", by=administrator, at=administrator.joined_at, hub_id=tokyo.pk)
    client.force_login(administrator)
    assert "enterprise.viewed" not in client.get("/admin/audit/entry/").content.decode()


def test_roles_and_codes_end_by_their_date_and_are_never_deleted(client, tokyo, administrator) -> None:
    person = make_person("coordinator", hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        role = Membership.objects.get(user=person)
    client.force_login(administrator)
    code = Code.objects.filter(kind="theme").order_by("pk").first()
    for address in (f"/admin/hubs/membership/{role.pk}", f"/admin/directory/code/{code.pk}", "/admin/hubs/hub/13"):
        assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


def test_what_the_database_refuses_is_told_and_not_a_500(client, administrator) -> None:
    """A role in the wrong place, a year's fee twice: Django knows the constraints."""
    client.force_login(administrator)
    wrong = {
        "user": administrator.pk,
        "role": "chief",
        "hub": "",
        "bureau": "",
        "valid_from": "2026-04-01",
        "valid_to": "",
    }
    assert client.post("/admin/hubs/membership/add/", wrong).status_code == 200
    twice = {"fiscal_year": "2026", "post": "chief", "fee_yen": "1"}
    assert client.post("/admin/hubs/feedefault/add/", twice).status_code == 200
