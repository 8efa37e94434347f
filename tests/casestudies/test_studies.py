"""Case studies: only what a client agreed to is shown, and it is found again beside a note."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from casestudies import actions
from casestudies.models import CaseStudy
from casestudies.queries import similar_studies
from consultations.actions import Edited
from consultations.queries.similar import Asked
from foundation.errors import MoveRefused
from hubs.tenancy import Scope, entered
from tests.casestudies.making import TOLD, make_study
from tests.statements import statements_of

pytestmark = pytest.mark.django_db

NOTE = "味噌の催事に出展しているが、採算が合わない。県外に売り先を広げたい。"


def sent(study: CaseStudy, **changed):
    told = {**TOLD, "hub": study.hub_id, "version": study.version, "industry": "", "consented_on": "2026-09-01"}
    return told | changed


def test_nothing_is_published_without_the_clients_consent(tokyo, headquarters):
    study = make_study(hub=tokyo, published=False, consented_on=None)
    with pytest.raises(actions.ConsentMissing):
        actions.publish(study=study, version=1, by=headquarters, at=timezone.now())
    with pytest.raises(IntegrityError, match="without_the_clients_consent"), transaction.atomic():
        CaseStudy.objects.update(state="published", published_on="2026-09-01")


def test_everybody_reads_what_is_published_and_nothing_else(client, tokyo):
    shown, draft = make_study(hub=tokyo), make_study(hub=tokyo, published=False, title="まだ下書きの事例")
    listed = client.get("/case-studies/").content.decode()
    assert shown.title in listed
    assert draft.title not in listed
    assert shown.result in client.get(f"/case-studies/{shown.pk}/").content.decode()
    assert client.get(f"/case-studies/{draft.pk}/").status_code == 404
    assert shown.title not in client.get("/case-studies/?category=startup").content.decode()


def test_withdrawn_it_is_gone_at_once(client, tokyo, headquarters):
    study = make_study(hub=tokyo)
    client.force_login(headquarters)
    assert client.post(f"/nation/case-studies/{study.pk}/withdrawal/", {"version": study.version}).status_code == 302
    assert client.get(f"/case-studies/{study.pk}/").status_code == 404
    assert similar_studies(asked=Asked(NOTE, ["channels"], "sales")) == []
    with pytest.raises(MoveRefused):
        actions.withdraw(study=study, version=study.version + 1, by=headquarters, at=timezone.now())


def test_headquarters_writes_publishes_and_each_deed_leaves_a_line(client, tokyo, headquarters):
    client.force_login(headquarters)
    blank = {**TOLD, "hub": tokyo.pk, "version": 1, "industry": "", "consented_on": ""}
    answer = client.post("/nation/case-studies/new/", blank)
    study = CaseStudy.objects.get()
    assert answer["Location"] == f"/nation/case-studies/{study.pk}/"
    page = client.post(f"{answer['Location']}publication/", {"version": 1}, follow=True)
    assert "掲載に同意を得た日を入力して" in page.content.decode()
    assert client.post(answer["Location"], sent(study)).status_code == 302
    client.post(f"{answer['Location']}publication/", {"version": 2})
    assert CaseStudy.objects.get().state == "published"
    with entered(Scope.of_hub(tokyo.pk)):
        lines = Entry.objects.filter(action__startswith="case_study.").order_by("pk").values_list("action", flat=True)
        assert list(lines) == ["case_study.drafted", "case_study.revised", "case_study.published"]


def test_a_published_one_does_not_lose_its_consent(client, tokyo, headquarters):
    study = make_study(hub=tokyo)
    client.force_login(headquarters)
    answer = client.post(f"/nation/case-studies/{study.pk}/", sent(study, consented_on=""))
    assert answer.status_code == 422
    assert "公表を終えてください" in answer.content.decode()


def test_somebody_elses_change_is_shown_and_not_overwritten(client, tokyo, headquarters):
    study = make_study(hub=tokyo)
    before = sent(study, title="わたしの題名")
    actions.revise(study=study, version=study.version, by=headquarters, at=timezone.now(), title="先に変えた題名")
    client.force_login(headquarters)
    answer = client.post(f"/nation/case-studies/{study.pk}/", before)
    assert answer.status_code == 409
    assert "先に変えた題名" in answer.content.decode()
    assert CaseStudy.objects.get().title == "先に変えた題名"
    with pytest.raises(Edited):
        actions.publish(study=study, version=study.version, by=headquarters, at=timezone.now())


def test_the_likest_comes_first_beside_the_editor(client, tokyo, osaka, coordinator):
    likely = make_study(hub=osaka)
    make_study(
        hub=tokyo, title="事業承継の計画", category="succession", themes=["succession_plan"],
        problem="後継者が決まっておらず、株式の移し方が分からない。", support="親族と従業員の意向を聞き取った。",
        result="承継計画書を作成した。",
    )  # fmt: skip
    client.force_login(coordinator)
    asked = {"content": NOTE, "advice": "", "themes": ["channels"], "case_category": "sales"}
    page = client.post("/hubs/tokyo/similar-case-studies/", asked, headers={"HX-Request": "true"}).content.decode()
    assert f"/case-studies/{likely.pk}/" in page
    assert "事業承継の計画" not in page, "one word in common is chance"
    assert likely.title not in client.post("/hubs/tokyo/similar-case-studies/", {"content": "味噌"}).content.decode()


def test_changed_words_are_found_and_old_ones_are_not(tokyo, headquarters):
    study = make_study(hub=tokyo)
    told = {"title": "宿の予約を整えた事例", "problem": "民泊の予約台帳が紙で、二重予約が起きている。",
            "support": "予約を一つの台帳に集める手順を作った。", "result": "二重予約がなくなった。"}  # fmt: skip
    actions.revise(study=study, version=study.version, by=headquarters, at=timezone.now(), client="宿泊業", **told)
    assert similar_studies(asked=Asked(NOTE)) == []
    assert [one.study for one in similar_studies(asked=Asked("民泊の二重予約が紙の予約台帳で起きている"))] == [study]


def test_a_list_costs_the_same_however_long(client, tokyo):
    make_study(hub=tokyo)
    few = statements_of(client, "/case-studies/")
    for _ in range(10):
        make_study(hub=tokyo)
    assert len(statements_of(client, "/case-studies/")) == len(few) <= 6
