"""What the tender asks to be analysed (II.7), item by item, and which indicators answer it. The pages of analysis read
this list; a new item is one declaration."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.periods import Month
from metrics.indicators import INDICATORS, Indicator


@dataclass(frozen=True)
class Topic:
    """One item of II.7: the totals that answer it, the first of them before all, and what divides them."""

    slug: str
    label: str | Promise
    asks: str | Promise
    codes: tuple[str, ...]

    def at(self, month: Month) -> list[Indicator]:
        """Its indicators as they are defined in a month; those that it does not have are left out."""
        defined = INDICATORS.at(month)
        return [defined[code] for code in self.codes if code in defined]

    def __str__(self) -> str:
        return str(self.label)


TOPICS: dict[str, Topic] = {
    topic.slug: topic
    for topic in (
        Topic(
            "activity", _("活動実績"), _("どれだけ相談に応じたか。"),
            ("consultations", "visitors", "new_visitors", "minutes",
             "consultations_by_method", "consultations_by_unit", "consultations_by_special_desk"),
        ),
        Topic(
            "outcomes", _("成果"), _("相談がどれだけ解決し、どのような成果があったか。"),
            ("cases_resolved", "cases_closed", "outcomes", "cases_closed_by_resolution", "outcomes_by_kind"),
        ),
        Topic(
            "support", _("支援内容"), _("どのような相談を、どの業種から受けたか。"),
            ("consultations", "consultations_by_category", "consultations_by_theme", "consultations_by_industry"),
        ),
        Topic(
            "introducers", _("案件紹介元機関"), _("どの機関の紹介で相談に来たか。"),
            ("consultations", "consultations_by_introducer"),
        ),
        Topic(
            "cooperation", _("連携した支援機関"), _("どの機関と連携して対応したか。"),
            ("cooperations", "cooperations_by_organization"),
        ),
        Topic(
            "referrals", _("紹介した支援機関"), _("どの機関に紹介し、どの機関から応答があったか。"),
            ("referrals", "referrals_sent", "referrals_answered", "referrals_by_organization",
             "referrals_sent_by_organization", "referrals_answered_by_organization"),
        ),
        Topic(
            "partner-works", _("繋いだ先の支援"), _("拠点が繋いだ案件に、支援機関がどのような支援を行ったか(II.7 ※)。"),
            ("partner_works", "partner_work_times", "partner_works_by_organization"),
        ),
        Topic(
            "programs-used", _("活用した支援制度"), _("どの支援制度を活用したか。"),
            ("programs_used", "programs_used_by_program"),
        ),
        Topic(
            "programs-introduced", _("紹介した支援制度"), _("どの支援制度を紹介したか。"),
            ("programs_introduced", "programs_introduced_by_program"),
        ),
    )
}  # fmt: skip
