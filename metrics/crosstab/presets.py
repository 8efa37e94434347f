"""Tables that the tender asks for (II.7), ready made."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

_PRESETS: tuple[tuple[str | Promise, dict[str, str]], ...] = (
    (_("拠点×月 相談対応件数"), {"measure": "consultations", "rows": "hub", "columns": "month"}),
    (_("拠点×月 来訪相談者数"), {"measure": "visitors", "rows": "hub", "columns": "month"}),
    (_("経済産業局×四半期 課題解決件数"), {"measure": "cases_resolved", "rows": "bureau", "columns": "quarter"}),
    (_("相談細目×月"), {"measure": "consultations", "rows": "theme", "columns": "month"}),
    (_("相談細目×業種"), {"measure": "consultations", "rows": "theme", "columns": "industry"}),
    (_("拠点×紹介元機関"), {"measure": "consultations", "rows": "hub", "columns": "introducer"}),
    (_("連携した支援機関×四半期"), {"measure": "cooperations", "rows": "organization_kind", "columns": "quarter"}),
    (_("紹介先の支援機関×四半期"), {"measure": "referrals", "rows": "organization_kind", "columns": "quarter"}),
    (_("紹介先の支援実施×四半期"), {"measure": "partner_works", "rows": "organization_kind", "columns": "quarter"}),
    (_("活用した支援制度×経済産業局"), {"measure": "programs_used", "rows": "program", "columns": "bureau"}),
    (_("紹介した支援制度×経済産業局"), {"measure": "programs_introduced", "rows": "program", "columns": "bureau"}),
    (_("成果の種類×四半期"), {"measure": "outcomes", "rows": "outcome_kind", "columns": "quarter"}),
)


def presets() -> Iterator[tuple[str | Promise, str]]:
    """(name, query string)."""
    for label, asked in _PRESETS:
        yield label, urlencode(asked | {"period": "two_years" if asked["columns"] == "quarter" else "twelve"})
