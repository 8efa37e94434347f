"""A hub's month: its chief confirms it, headquarters checks it (tender II.7)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from foundation.errors import MoveRefused
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions as metrics
from reports.actions import months as actions
from reports.choices import MonthState
from reports.models import MonthlyReport, MonthStep, ReportingMonth
from reports.queries import months as queries
from reports.queries import oversight
from tests import making

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
NOVEMBER_5 = dt.datetime(2026, 11, 5, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def hold(hub, day, count=1):
    for _ in range(count):
        making.make_consultation(hub=hub, held_on=day)


@pytest.fixture
def counted(tokyo):
    """A client who came in August, ten times in September and eleven in October: nothing jumps."""
    case = making.make_case(hub=tokyo)
    for day, count in ((dt.date(2026, 8, 10), 1), (dt.date(2026, 9, 10), 10), (dt.date(2026, 10, 10), 11)):
        for _ in range(count):
            making.make_consultation(hub=tokyo, case=case, held_on=day)
    metrics.recount([Month(2026, 8), Month(2026, 9), OCTOBER], at=NOVEMBER_5)
    return tokyo


def submit(hub, by, *, version=1, explanations=None, zero=False, at=NOVEMBER_5):
    with entered(Scope.of_hub(hub.pk)):
        return actions.submit(
            hub=hub, month=OCTOBER, version=version, explanations=explanations or {}, zero=zero, by=by, at=at
        )


def state_of(hub):
    with entered(Scope.of_hub(hub.pk)):
        return MonthlyReport.objects.get(hub=hub).state


def test_from_the_chief_to_headquarters_and_back(counted, chief, headquarters):
    report = submit(counted, chief)
    assert (report.state, report.submitted_by) == (MonthState.SUBMITTED, chief)
    with entered(Scope.of_figures([counted.pk])):
        around = {"hub": counted, "month": OCTOBER, "by": headquarters, "at": NOVEMBER_5}
        returned = actions.send_back(
            version=2, note="件数を確かめてください", remarks={"minutes": "長すぎます"}, **around
        )
        assert returned.state == MonthState.RETURNED
    report = submit(counted, chief, version=3)
    with entered(Scope.of_figures([counted.pk])):
        assert actions.accept(version=4, **around).state == MonthState.ACCEPTED
        moves = list(MonthStep.objects.order_by("pk").values_list("move", flat=True))
        assert moves == ["submit", "return", "submit", "accept"]
    with entered(Scope.of_hub(counted.pk)):
        assert Entry.objects.filter(action__startswith="month.").count() == 4


def test_a_month_that_still_runs_cannot_be_submitted(counted, chief):
    with pytest.raises(actions.NotOver):
        submit(counted, chief, at=dt.datetime(2026, 10, 31, 23, 59, tzinfo=ZoneInfo("Asia/Tokyo")))
    midnight = dt.datetime(2026, 11, 1, 0, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert submit(counted, chief, at=midnight).state == MonthState.SUBMITTED


def test_a_jump_must_be_explained(counted, chief):
    hold(counted, dt.date(2026, 10, 20), 4)  # 15 against 10
    metrics.recount([OCTOBER], at=NOVEMBER_5)
    with pytest.raises(actions.ExplanationMissing) as missing:
        submit(counted, chief)
    assert "consultations" in missing.value.indicators
    said = dict.fromkeys(missing.value.indicators, "商工会との合同相談会を開いた")
    report = submit(counted, chief, explanations=said)
    with entered(Scope.of_hub(counted.pk)):
        assert set(report.explanations.values_list("indicator", flat=True)) == set(said)


def test_thirty_percent_is_not_yet_a_jump():
    indicator = next(iter(queries.INDICATORS))
    assert not queries.Confirmed(indicator, 130, 100).is_jump
    assert queries.Confirmed(indicator, 131, 100).is_jump
    assert queries.Confirmed(indicator, 69, 100).is_jump
    assert not queries.Confirmed(indicator, 70, 100).is_jump
    assert queries.Confirmed(indicator, 1, 0).is_jump
    assert not queries.Confirmed(indicator, 0, 0).is_jump


def test_a_month_without_any_consultation_is_confirmed_as_such(tokyo, chief):
    with pytest.raises(actions.ZeroUnconfirmed):
        submit(tokyo, chief)
    assert submit(tokyo, chief, zero=True).is_zero


def test_somebody_elses_move_is_not_overrun(counted, chief):
    submit(counted, chief)
    with pytest.raises(actions.Moved):
        submit(counted, chief)
    with pytest.raises(MoveRefused):
        submit(counted, chief, version=2)


def test_the_database_wants_a_reason_for_a_return(counted, chief, headquarters):
    submit(counted, chief)
    with entered(Scope.of_figures([counted.pk])), pytest.raises(IntegrityError), transaction.atomic():
        actions.send_back(hub=counted, month=OCTOBER, version=2, note="", remarks={}, by=headquarters, at=NOVEMBER_5)


def test_the_months_that_wait_for_the_chief(counted, chief):
    actions.open_months(today=dt.date(2026, 9, 15))
    actions.open_months(today=dt.date(2026, 11, 20))  # no beat ran for two months
    assert actions.open_months(today=dt.date(2026, 11, 20)) == []
    submit(counted, chief)
    with entered(Scope.of_hub(counted.pk)):
        waiting = ReportingMonth.objects.over(dt.date(2026, 11, 20)).waiting_at(counted).order_by("month")
        assert [row.month for row in waiting] == [Month(2026, 8).first, Month(2026, 9).first]


def test_how_the_hubs_stand(counted, osaka, chief):
    submit(counted, chief, at=dt.datetime(2026, 11, 11, 0, 0, tzinfo=ZoneInfo("Asia/Tokyo")))  # a day late
    with entered(Scope.of_figures([counted.pk, osaka.pk])):
        rows = oversight.standings([counted, osaka], OCTOBER, today=dt.date(2026, 11, 20))
        assert [(row.report.state, row.is_late, row.on_time) for row in rows] == [
            ("submitted", False, False), ("drafting", True, None),
        ]  # fmt: skip
        assert oversight.rates(rows) == (50.0, 0.0)


def test_a_chief_submits_on_the_page_and_headquarters_accepts(client, counted, chief, headquarters):
    client.force_login(chief)
    url = "/hubs/tokyo/months/2026-10/"
    assert "確かめて提出する" in client.get(url).content.decode()
    page = client.get(f"{url}submission/")
    assert "提出前の点検" in page.content.decode()
    assert client.post(f"{url}submission/", {"version": "1", "seen": page.context["mark"]})["Location"] == url
    assert state_of(counted) == MonthState.SUBMITTED
    client.force_login(headquarters)
    assert "差し戻す" in client.get(url).content.decode()
    refused = client.post(f"{url}return/", {"version": "2", "note": ""})
    assert refused.status_code == 422
    client.post(f"{url}acceptance/", {"version": "1"})
    assert state_of(counted) == MonthState.SUBMITTED, "an old page moves nothing"
    client.post(f"{url}acceptance/", {"version": "2"})
    assert state_of(counted) == MonthState.ACCEPTED
    assert "100.0" not in client.get("/nation/months/?month=2026-10").content.decode()


def shown(client, url) -> dict[str, str]:
    """What the page sends back of the figures that it showed."""
    return {"seen": client.get(url).context["mark"]}


def test_a_chief_signs_the_figures_that_the_page_showed_and_no_others(client, counted, chief):
    client.force_login(chief)
    url = "/hubs/tokyo/months/2026-10/submission/"
    seen = shown(client, url)
    hold(counted, dt.date(2026, 10, 20), 1)
    metrics.recount([OCTOBER], at=NOVEMBER_5)
    page = client.post(url, {"version": "1"} | seen)
    assert page.status_code == 422
    assert "画面を開いた後に集計値が変わりました" in page.content.decode()
    why = {name: "相談会を開いた" for name in page.context["form"].fields if name.startswith("explanation_")}
    client.post(url, {"version": "1", "seen": page.context["mark"]} | why)
    assert state_of(counted) == MonthState.SUBMITTED


def test_a_jump_is_asked_for_beside_its_figure_and_nothing_is_lost(client, counted, chief):
    hold(counted, dt.date(2026, 10, 20), 9)
    metrics.recount([OCTOBER], at=NOVEMBER_5)
    client.force_login(chief)
    url = "/hubs/tokyo/months/2026-10/submission/"
    page = client.post(url, {"version": "1", "explanation_consultations": "相談会を開いた"} | shown(client, url))
    assert page.status_code == 422
    assert "相談会を開いた" in page.content.decode()
    assert "explanation_minutes" in page.context["form"].errors


def test_osakas_chief_sees_nothing_of_tokyos_months(client, counted, osaka):
    client.force_login(making.make_person("chief", hub=osaka))
    for path in ("", "2026-10/", "2026-10/submission/"):
        assert client.get(f"/hubs/tokyo/months/{path}").status_code == 404


def test_the_agency_looks_and_moves_nothing(client, counted, agency):
    client.force_login(agency)
    assert client.get("/hubs/tokyo/months/2026-10/").status_code == 200
    assert client.post("/hubs/tokyo/months/2026-10/acceptance/", {"version": "1"}).status_code == 403


# ---- remarks and replies


def returned(hub, chief, headquarters) -> None:
    submit(hub, chief)
    with entered(Scope.of_figures([hub.pk])):
        actions.send_back(
            hub=hub, month=OCTOBER, version=2, note="確かめてください",
            remarks={"minutes": "長すぎます", "visitors": "少なすぎます"}, by=headquarters, at=NOVEMBER_5,
        )  # fmt: skip


def test_a_chief_answers_each_remark_beside_its_figure(client, counted, chief, headquarters):
    returned(counted, chief, headquarters)
    client.force_login(chief)
    url = "/hubs/tokyo/months/2026-10/submission/"
    assert "長すぎます" in client.get(url).content.decode()
    client.post(url, {"version": "3", "reply_minutes": "現地支援が多かった"} | shown(client, url))
    client.force_login(headquarters)
    told = client.get("/hubs/tokyo/months/2026-10/").content.decode()
    assert "現地支援が多かった" in told
    assert told.count("未回答") == 2, "beside the figure and in the history"


def test_each_round_keeps_its_remarks_and_replies(counted, chief, headquarters):
    returned(counted, chief, headquarters)
    with entered(Scope.of_hub(counted.pk)):
        around = {"hub": counted, "month": OCTOBER, "at": NOVEMBER_5 + dt.timedelta(days=1)}
        actions.submit(
            version=3, explanations={}, zero=False, replies={"minutes": "記録どおり", "referrals": "何も聞かれていない"},
            by=chief, **around,
        )  # fmt: skip
        actions.send_back(version=4, note="もう一度", remarks={"minutes": "まだ長い"}, by=headquarters, **around)
        report = queries.report_of(counted, OCTOBER)
        rounds = queries.rounds_of(report, list(report.steps.all()))
        assert [(row.number, row.step.note) for row in rounds] == [(2, "もう一度"), (1, "確かめてください")]
        assert [(one.text, one.reply) for _indicator, one in rounds[0].remarks] == [("まだ長い", "")]
        assert {(one.text, one.reply) for _indicator, one in rounds[1].remarks} == {
            ("長すぎます", "記録どおり"), ("少なすぎます", ""),
        }  # fmt: skip


# ---- what was told, and what is


def change_october(hub) -> None:
    hold(hub, dt.date(2026, 10, 21))
    metrics.recount([OCTOBER], at=NOVEMBER_5)


def test_figures_that_changed_after_submission_are_told_and_must_be_seen(client, counted, chief, headquarters):
    submit(counted, chief)
    url = "/hubs/tokyo/months/2026-10/"
    client.force_login(headquarters)
    assert client.get(url).context["changes"] == []
    change_october(counted)
    page = client.get(url)
    assert "提出後に変わった集計値" in page.content.decode()
    changed = {row.indicator.code: (row.told, row.now) for row in page.context["changes"]}
    assert changed["consultations"] == (11, 12)
    client.post(f"{url}acceptance/", {"version": "2"})
    assert state_of(counted) == MonthState.SUBMITTED
    seen = page.context["mark"]
    change_october(counted)  # and once more, after the page was opened
    client.post(f"{url}acceptance/", {"version": "2", "seen": seen})
    assert state_of(counted) == MonthState.SUBMITTED
    client.post(f"{url}acceptance/", {"version": "2", "seen": client.get(url).context["mark"]})
    assert state_of(counted) == MonthState.ACCEPTED


def test_a_new_submission_tells_anew(counted, chief):
    submit(counted, chief)
    change_october(counted)
    with entered(Scope.of_hub(counted.pk)):
        actions.withdraw(hub=counted, month=OCTOBER, version=2, by=chief, at=NOVEMBER_5)
    jumps = dict.fromkeys(["minutes", "visitors", "new_visitors"], "相談会")
    report = submit(counted, chief, version=3, explanations=jumps)
    assert report.submitted_figures["consultations"] == 12


def test_a_month_that_was_submitted_before_figures_were_kept_has_no_changes(counted, chief):
    report = submit(counted, chief)
    with entered(Scope.of_hub(counted.pk)):
        MonthlyReport.objects.update(submitted_figures={})
        report.refresh_from_db()
        assert queries.changes_of(report, queries.figures_to_confirm(counted, OCTOBER)) == []


# ---- a month without any consultation


def test_a_zero_month_is_confirmed_on_the_page(client, tokyo, chief):
    metrics.recount([OCTOBER], at=NOVEMBER_5)
    client.force_login(chief)
    url = "/hubs/tokyo/months/2026-10/submission/"
    assert "1件もなかった" in client.get(url).content.decode()
    refused = client.post(url, {"version": "1"} | shown(client, url))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["zero"])
    client.post(url, {"version": "1", "zero": "on"} | shown(client, url))
    assert "相談実績なし" in client.get("/hubs/tokyo/months/2026-10/").content.decode()


@pytest.mark.parametrize(("is_zero", "consultations"), [(True, 1), (False, 0)])
def test_the_database_knows_a_zero_month(tokyo, chief, is_zero, consultations):
    submit(tokyo, chief, zero=True)
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(IntegrityError), transaction.atomic():
        MonthlyReport.objects.update(is_zero=is_zero, submitted_figures={"consultations": consultations})


def test_a_month_with_consultations_is_not_zero_whatever_is_ticked(counted, chief):
    assert not submit(counted, chief, zero=True).is_zero
