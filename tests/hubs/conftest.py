"""The people of appointments."""

import pytest

from hubs.models import Bureau
from tests.making import make_person


@pytest.fixture
def body(tokyo):
    """Somebody at the implementing body of Tokyo."""
    return make_person("implementing_body", hub=tokyo, name="実施 花子")


@pytest.fixture
def kanto(db):
    """An official of the bureau that Tokyo belongs to."""
    return make_person("bureau", bureau=Bureau.objects.get(slug="kanto"), second_factor=True, name="関東 一")


@pytest.fixture
def kinki(db):
    """An official of the bureau that Osaka belongs to."""
    return make_person("bureau", bureau=Bureau.objects.get(slug="kinki"), second_factor=True, name="近畿 二")


@pytest.fixture
def osaka_chief(osaka):
    return make_person("chief", hub=osaka, name="大阪 長")


@pytest.fixture
def administrator(db):
    return make_person("administrator", second_factor=True, is_staff=True, name="管理 者")


@pytest.fixture
def everybody(coordinator, chief, body, kanto, kinki, osaka_chief, headquarters, agency, administrator, tokyo):
    """One of each who might knock at Tokyo's door, by name."""
    return {
        "coordinator": coordinator,
        "chief": chief,
        "body": body,
        "kanto": kanto,
        "kinki": kinki,
        "osaka chief": osaka_chief,
        "headquarters": headquarters,
        "agency": agency,
        "administrator": administrator,
        "advisor": make_person("advisor", hub=tokyo, name="助言 者"),
        "evaluator": make_person("evaluator", hub=tokyo, name="評価 者"),
    }
