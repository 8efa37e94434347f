"""Accounts are made, helped and closed on the administration site, by administrators only."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from tests.making import make_person, make_user

pytestmark = pytest.mark.django_db
USERS = reverse("admin:accounts_user_changelist")


@pytest.fixture
def administrator(db):
    return make_person("administrator", second_factor=True, name="管理 者")


@pytest.fixture
def admin(client, administrator):
    client.force_login(administrator)
    return client


def choose(client, action: str, *people: User):
    return client.post(USERS, {"action": action, "_selected_action": [user.pk for user in people]}, follow=True)


def test_a_new_account_has_no_password_until_its_owner_follows_the_mail(admin, administrator, client, commits):
    answer = admin.post(
        reverse("admin:accounts_user_add"), {"email": "Hanako@Office.example", "name": "佐藤 花子", "is_active": "on"}
    )
    assert answer.status_code == 302
    user = User.objects.get(email="hanako@office.example")
    assert not user.has_usable_password()
    (letter,) = mail.outbox
    assert letter.subject == "【よろず支援拠点】アカウントができました"
    assert "佐藤 花子 様" in letter.body
    actions = set(
        Entry.objects.filter(subject_id=str(user.pk), actor_id=administrator.pk).values_list("action", flat=True)
    )
    assert {"account.made", "account.invited"} <= actions
    admin.post(reverse("account_logout"))
    form = client.get(re.search(r"http://testserver(/\S+)", letter.body)[1])["Location"]
    client.post(form, {"password1": "a heap of fresh leaves", "password2": "a heap of fresh leaves"})
    user.refresh_from_db()
    assert user.check_password("a heap of fresh leaves")


def test_a_changed_address_signs_in_and_the_old_one_no_more(admin, coordinator):
    EmailAddress.objects.create(user=coordinator, email=coordinator.email, primary=True, verified=True)
    admin.post(
        reverse("admin:accounts_user_change", args=[coordinator.pk]),
        {"email": "new@office.example", "name": coordinator.name, "is_active": "on"},
    )
    assert User.objects.get(pk=coordinator.pk).email == "new@office.example"
    assert not EmailAddress.objects.filter(user=coordinator).exists()


def test_two_accounts_cannot_share_an_address_in_any_case_of_letters(admin, coordinator):
    answer = admin.post(
        reverse("admin:accounts_user_add"), {"email": coordinator.email.upper(), "name": "別人", "is_active": "on"}
    )
    assert answer.status_code == 200
    assert User.objects.filter(email__iexact=coordinator.email).count() == 1


def test_accounts_are_closed_not_deleted(admin, client, coordinator):
    choose(admin, "close", coordinator)
    assert not User.objects.get(pk=coordinator.pk).is_active
    assert admin.get(reverse("admin:accounts_user_delete", args=[coordinator.pk])).status_code == 403


def test_a_closed_account_is_out_at_its_next_request(admin, coordinator):
    theirs = type(admin)()
    theirs.force_login(coordinator)
    assert theirs.get(reverse("accounts:profile")).status_code == 200
    choose(admin, "close", coordinator)
    assert theirs.get(reverse("accounts:profile")).status_code == 302


def test_who_has_lost_the_phone_is_helped(admin, administrator, headquarters):
    choose(admin, "remove_factors", headquarters)
    assert not Authenticator.objects.filter(user=headquarters).exists()
    line = Entry.objects.get(action="mfa.removed")
    assert (line.actor_id, line.subject_id) == (administrator.pk, str(headquarters.pk))


def test_nobody_sets_anothers_password_or_reads_anothers_secret(admin, coordinator):
    page = admin.get(reverse("admin:accounts_user_change", args=[coordinator.pk])).content.decode()
    assert "password" not in re.sub(r"password_change|パスワード", "", page)
    assert admin.get("/admin/mfa/authenticator/").status_code == 404
    assert admin.get("/admin/account/emailaddress/").status_code == 404
    assert admin.get("/admin/auth/group/").status_code == 404


def test_the_site_has_no_sign_in_of_its_own(client, coordinator):
    for path in ("/admin/", "/admin/login/", USERS):
        assert client.get(path)["Location"].startswith(reverse("account_login"))
        assert client.post(path, {"username": coordinator.email, "password": "x"})["Location"].startswith(
            reverse("account_login")
        )


@pytest.mark.parametrize("role", ["coordinator", "chief", "headquarters", "agency", "advisor", "evaluator"])
def test_nobody_else_is_told_that_it_exists(client, tokyo, role):
    hub = tokyo if role in ("coordinator", "chief", "advisor", "evaluator") else None
    client.force_login(make_person(role, hub=hub, second_factor=True))
    assert client.get("/admin/").status_code == 404
    assert client.get(USERS).status_code == 404


def test_a_flag_on_the_user_opens_nothing(client):
    user = make_user(is_staff=True)
    client.force_login(user)
    assert client.get("/admin/").status_code == 404


def test_signing_out_there_is_written_down_as_well(admin, administrator):
    admin.post("/admin/logout/")
    assert Entry.objects.get(action="logout").actor_id == administrator.pk
    assert admin.get(USERS).status_code == 302
