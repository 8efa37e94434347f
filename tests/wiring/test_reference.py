"""Where the nation's lists begin."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from directory.choices import CodeKind
from directory.models import Code, SupportOrganization, SupportProgram
from hubs.models import Bureau, FeeDefault, Hub, ImplementingBody, Prefecture, Unit
from hubs.tenancy import HUB_IDS, Scope, entered

pytestmark = pytest.mark.django_db
NATIONAL = (Bureau, Prefecture, ImplementingBody, Hub, FeeDefault, Code, SupportOrganization, SupportProgram, Unit)


def everything() -> dict:
    with entered(Scope.of_figures(HUB_IDS)):
        return {model: list(model.objects.order_by("pk").values()) for model in NATIONAL}


def test_loading_again_changes_nothing() -> None:
    before = everything()
    call_command("load_reference", verbosity=0)
    assert everything() == before


def test_loading_again_asks_few_questions(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(16):
        call_command("load_reference", verbosity=0)


def test_what_headquarters_edited_is_kept_and_what_is_missing_is_made() -> None:
    Code.objects.filter(kind=CodeKind.THEME, code="channels").update(label_ja="売り先を広げる")
    Code.objects.filter(kind=CodeKind.THEME, code="bcp").delete()
    SupportProgram.objects.filter(name="ものづくり補助金").update(name="ものづくり・商業・サービス補助金")
    call_command("load_reference", verbosity=0)
    assert Code.objects.get(kind=CodeKind.THEME, code="channels").label_ja == "売り先を広げる"
    assert Code.objects.filter(kind=CodeKind.THEME, code="bcp").exists()
    assert not SupportProgram.objects.filter(name="ものづくり補助金").exists()


def test_forty_seven_hubs_each_on_a_cell_of_its_own() -> None:
    hubs = list(Hub.objects.select_related("prefecture"))
    assert len(hubs) == 47
    assert len({(hub.tile_row, hub.tile_column) for hub in hubs}) == 47
    assert all(hub.name == f"{hub.prefecture.name}よろず支援拠点" for hub in hubs)
    with entered(Scope.of_figures(HUB_IDS)):
        assert Unit.objects.count() == 94


@pytest.mark.parametrize(
    ("hub", "bureau"),
    [
        ("hokkaido", "hokkaido"), ("fukushima", "tohoku"), ("niigata", "kanto"), ("shizuoka", "kanto"),
        ("toyama", "chubu"), ("mie", "chubu"), ("fukui", "kinki"), ("yamaguchi", "chugoku"), ("kochi", "shikoku"),
        ("kagoshima", "kyushu"), ("okinawa", "okinawa"),
    ],
)  # fmt: skip
def test_each_prefecture_has_its_bureau(hub: str, bureau: str) -> None:
    assert Hub.objects.get(slug=hub).prefecture.bureau.slug == bureau


def test_bureaus_have_as_many_prefectures_as_the_law_gives_them() -> None:
    sizes = {bureau.slug: bureau.prefecture_set.count() for bureau in Bureau.objects.all()}
    assert sizes == {
        "hokkaido": 1, "tohoku": 6, "kanto": 11, "chubu": 5, "kinki": 7, "chugoku": 5, "shikoku": 4, "kyushu": 7,
        "okinawa": 1,
    }  # fmt: skip


def test_industries_are_the_fourteenth_revision() -> None:
    industries = Code.objects.filter(kind=CodeKind.INDUSTRY)
    assert industries.filter(parent="").count() == 20
    groups = set(industries.exclude(parent="").values_list("code", flat=True))
    assert groups == {f"{number:02d}" for number in range(1, 100)}
    assert set(industries.values_list("revision", flat=True)) == {"14"}
    assert industries.get(code="76").parent == "M"


def test_every_code_has_a_label_in_both_languages() -> None:
    assert not Code.objects.filter(label_ja="").exists()
    assert not Code.objects.filter(label_en="").exists()
    assert {kind: Code.objects.of(kind).count() for kind in CodeKind.values} == {
        "theme": 21, "industry": 119, "organization_kind": 17, "introducer": 19, "heard_from": 10,
    }  # fmt: skip
