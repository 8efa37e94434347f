"""相談記録 as a file."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from consultations.choices import Category, InvolvementKind, Method, NotCounted, ProgramUseKind
from consultations.forms import FilterForm
from consultations.models import Involvement, ProgramUse
from consultations.queries.lists import every_wanted
from consultations.queries.offers import code_labels
from directory.choices import CodeKind
from exchange.lists.declaring import Column, ExportedList, FiltersRefused, labelled_list
from hubs.access import Permission
from hubs.models import Hub


def _columns() -> list[Column]:
    themes = code_labels(CodeKind.THEME)[CodeKind.THEME]
    return [
        Column.day(_("相談日"), "held_on"),
        Column.text(_("案件番号"), "case__number"),
        Column.text(_("件名"), "case__title"),
        Column.choice(_("主たる相談区分"), "case__category", Category),
        Column.text(_("事業者"), "enterprise__name"),
        Column.text(_("法人番号"), "enterprise__corporate_number"),
        Column.choice(_("相談方法"), "method", Method),
        Column.number(_("相談時間(分)"), "minutes"),
        Column.text(_("対応者"), "lead__name"),
        Column(_("相談細目"), labelled_list("themes", themes)),
        Column.text(_("相談内容"), "content"),
        Column.text(_("助言内容"), "advice"),
        Column.text(_("次回まで"), "next_step"),
        Column.text(_("相談者"), "client_people"),
        Column.text(_("場所"), "place"),
        Column.text(_("ユニット"), "unit__name"),
        Column.choice(_("非計上の理由"), "not_counted", NotCounted),
        Column(_("紹介した支援機関"), _organizations(InvolvementKind.REFERRAL), is_safe=False),
        Column(_("連携した支援機関"), _organizations(InvolvementKind.COOPERATION), is_safe=False),
        Column(_("活用した支援制度"), _programs(ProgramUseKind.USED), is_safe=False),
        Column(_("紹介した支援制度"), _programs(ProgramUseKind.INTRODUCED), is_safe=False),
        Column.moment(_("登録日時"), "created_at"),
    ]


def _organizations(kind: str) -> Subquery:
    """The names of a consultation's organizations of one kind, in one cell."""
    rows = Involvement.objects.filter(hub=OuterRef("hub"), consultation=OuterRef("pk"), kind=kind)
    names = rows.order_by().values("consultation").annotate(names=StringAgg("organization__name", Value("、")))
    return Subquery(names.values("names"))


def _programs(kind: str) -> Subquery:
    rows = ProgramUse.objects.filter(hub=OuterRef("hub"), consultation=OuterRef("pk"), kind=kind)
    names = rows.order_by().values("consultation").annotate(names=StringAgg("program__name", Value("、")))
    return Subquery(names.values("names"))


def _rows(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    form = FilterForm(query, hub=hub, today=today)
    if not form.is_valid():
        raise FiltersRefused(form.errors.as_text())
    return every_wanted(hub=hub, wanted=form.wanted(who.pk)).newest_first()


CONSULTATIONS = ExportedList(
    name="consultations",
    label=pgettext_lazy("plural", "相談記録"),
    permission=Permission.VIEW_RECORDS,
    columns=_columns,
    rows=_rows,
    filters=frozenset({"q", "first", "last", "method", "theme", "mine", "missing"}),
    url_name="consultations:consultations",
)
