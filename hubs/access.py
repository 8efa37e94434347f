"""The one table of rights: role → permissions. Everything that asks "may this person?" asks here,
through Django's own `user.has_perm(permission, hub)`: views, templates, API and admin alike."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.utils import timezone

from hubs.choices import AppointmentMove, Post, Role
from hubs.models import Appointment, Hub, Membership, Prefecture, RecordOpening
from hubs.tenancy import HUB_IDS, Scope, entered
from hubs.workflow import APPOINTMENT


class Permission(StrEnum):
    """What one may be allowed to do."""

    VIEW_RECORDS = "consultations.view_records"
    LOG_CONSULTATION = "consultations.log"
    MERGE_ENTERPRISES = "consultations.merge"
    REVIEW_NOTES = "consultations.review"
    ASSIGN = "consultations.assign"  # caps, pauses, handing over
    DISCLOSE = "consultations.disclose"  # what the hub holds of a person; erasure
    SET_RULES = "consultations.set_rules"  # headquarters: retention, chase days
    MANAGE_DESKS = "consultations.manage_desks"  # headquarters: special desks
    MANAGE_CASE_STUDIES = "casestudies.manage"  # headquarters
    ASK_SHARING = "sharing.ask"
    ANSWER_SHARING = "sharing.answer"
    REFER = "referrals.refer"
    BOOK = "booking.book"
    MANAGE_CALENDAR = "booking.manage"
    IMPORT_RECORDS = "exchange.import"
    EXPORT_RECORDS = "exchange.export"
    USE_API = "accounts.use_api"
    MANAGE_WEBHOOKS = "webhooks.manage"
    OPEN_RECORDS = "hubs.open_records"
    VIEW_HUB = "hubs.view_hub"
    VIEW_NATION = "metrics.view_nation"
    CROSS_TABULATE = "metrics.crosstab"  # headquarters: from the records too, which no other office may count
    VIEW_WARNINGS = "dashboards.view_warnings"  # which hubs fall behind
    SET_TARGETS = "plans.set_targets"  # a hub's
    SET_NATION_TARGETS = "plans.set_nation_targets"
    DOWNLOAD_REPORT = "reports.download"
    DOWNLOAD_HUB_REPORT = "reports.download_hub"  # one hub's edition of what was reported
    USE_AGENCY_DESK = "reports.use_agency_desk"
    CONFIRM_MONTH = "reports.confirm_month"
    CHECK_MONTHS = "reports.check_months"
    CLOSE_MONTH = "reports.close_month"  # and publish it
    WATCH_MONTHS = "reports.watch_months"  # who has reported and who has not
    COMPOSE = "reports.compose"  # headquarters' own monthly report
    READ_COMPOSITIONS = "reports.read_compositions"  # it tells of every hub: not for a bureau, which sees its own
    VIEW_APPOINTMENTS = "hubs.view_appointments"
    REQUEST_APPOINTMENT = "hubs.request_appointment"
    AGREE_APPOINTMENT = "hubs.agree_appointment"
    CONTRACT_APPOINTMENT = "hubs.contract_appointment"
    VIEW_HUB_TRAIL = "audit.view_hub"
    VIEW_TRAIL = "audit.view_all"
    ADMINISTER = "accounts.administer"


P = Permission

# What everybody at a hub does all day.
_DESK = frozenset(
    {
        P.VIEW_RECORDS, P.LOG_CONSULTATION, P.VIEW_HUB, P.MERGE_ENTERPRISES, P.ASK_SHARING, P.REFER, P.BOOK,
        P.EXPORT_RECORDS, P.USE_API,
    }
)  # fmt: skip

GRANTS: dict[str, frozenset[Permission]] = {
    Role.COORDINATOR: _DESK,
    Role.CHIEF: _DESK
    | {
        P.CONFIRM_MONTH, P.SET_TARGETS, P.DOWNLOAD_HUB_REPORT,
        P.REVIEW_NOTES, P.ASSIGN, P.DISCLOSE, P.ANSWER_SHARING, P.MANAGE_CALENDAR, P.IMPORT_RECORDS, P.MANAGE_WEBHOOKS,
        P.VIEW_APPOINTMENTS, P.REQUEST_APPOINTMENT, P.VIEW_HUB_TRAIL,
    },
    Role.IMPLEMENTING_BODY: frozenset(
        {P.VIEW_HUB, P.VIEW_APPOINTMENTS, P.REQUEST_APPOINTMENT, P.CONTRACT_APPOINTMENT, P.DOWNLOAD_HUB_REPORT}
    ),
    Role.ADVISOR: frozenset({P.VIEW_HUB}),
    Role.EVALUATOR: frozenset({P.VIEW_HUB}),
    Role.BUREAU: frozenset(
        {
            P.VIEW_HUB, P.VIEW_NATION, P.DOWNLOAD_REPORT, P.USE_API, P.VIEW_APPOINTMENTS, P.AGREE_APPOINTMENT,
            P.WATCH_MONTHS, P.VIEW_WARNINGS, P.DOWNLOAD_HUB_REPORT,
        }
    ),
    Role.AGENCY: frozenset(
        {
            P.VIEW_HUB, P.VIEW_NATION, P.DOWNLOAD_REPORT, P.USE_API, P.WATCH_MONTHS, P.DOWNLOAD_HUB_REPORT,
            P.USE_AGENCY_DESK, P.READ_COMPOSITIONS,
        }
    ),
    Role.HEADQUARTERS: frozenset(
        {
            P.VIEW_HUB, P.VIEW_NATION, P.DOWNLOAD_REPORT, P.OPEN_RECORDS, P.VIEW_APPOINTMENTS, P.VIEW_TRAIL,
            P.SET_RULES, P.MANAGE_DESKS, P.MANAGE_CASE_STUDIES, P.USE_API, P.CHECK_MONTHS,
            P.CROSS_TABULATE, P.CLOSE_MONTH, P.WATCH_MONTHS, P.SET_NATION_TARGETS, P.COMPOSE, P.VIEW_WARNINGS,
            P.DOWNLOAD_HUB_REPORT, P.USE_AGENCY_DESK, P.READ_COMPOSITIONS,
        }
    ),
    Role.ADMINISTRATOR: frozenset({P.ADMINISTER, P.VIEW_TRAIL}),
}  # fmt: skip

# Which right each move of an appointment asks for (tender II ※1 ①④⑤, ※2 ①).
MOVE_RIGHTS: dict[str, Permission] = {
    AppointmentMove.REQUEST: P.REQUEST_APPOINTMENT,
    AppointmentMove.AGREE: P.AGREE_APPOINTMENT,
    AppointmentMove.DECLINE: P.AGREE_APPOINTMENT,
    AppointmentMove.WITHDRAW: P.REQUEST_APPOINTMENT,
    AppointmentMove.CONTRACT: P.CONTRACT_APPOINTMENT,
    AppointmentMove.END: P.CONTRACT_APPOINTMENT,
    AppointmentMove.RELEASE: P.CONTRACT_APPOINTMENT,
}

# Who may propose somebody to which post: a chief chooses coordinators (※2 ①), the body its chief (※1 ①⑥).
POSTS_PROPOSED_BY: dict[str, frozenset[str]] = {
    Role.CHIEF: frozenset({Post.COORDINATOR}),
    Role.IMPLEMENTING_BODY: frozenset(Post),
}

# Reached from the internet and seeing more than one hub: a second factor always (政府統一基準).
SECOND_FACTOR_ROLES = frozenset({Role.HEADQUARTERS, Role.AGENCY, Role.BUREAU, Role.ADMINISTRATOR})


def memberships_of(user: Any) -> list[Membership]:
    """The memberships that hold today, read once per user object."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_memberships"):
        with entered(Scope(user_id=user.pk)):
            learn(user)
    return user._memberships


def learn(user: Any) -> list[Membership]:
    """Read the memberships that hold today within a scope that already names the user."""
    rows = Membership.objects.of(user).valid_on(timezone.localdate())
    user._memberships = list(rows.select_related("hub__prefecture", "bureau"))
    return user._memberships


def learn_openings(user: Any, hub: Hub, at: dt.datetime) -> None:
    """Read whether the user has opened the hub's records and the time is not over."""
    if Permission.OPEN_RECORDS in permissions_of(user, hub):
        live = RecordOpening.objects.filter(user=user, hub=hub, expires_at__gt=at)
        user._opened = set(live.values_list("hub_id", flat=True))


def roles_of(user: Any) -> set[str]:
    """The roles that a user holds today."""
    return {membership.role for membership in memberships_of(user)}


def needs_second_factor(user: Any) -> bool:
    """Whether one of the user's roles makes a second factor compulsory."""
    return user.is_superuser or not SECOND_FACTOR_ROLES.isdisjoint(roles_of(user))


def reaches(membership: Membership, hub: Hub) -> bool:
    """Whether a membership is about a hub: its own, its bureau's, or any for national roles."""
    if membership.hub_id is not None:
        return membership.hub_id == hub.pk
    if membership.bureau_id is not None:
        return membership.bureau_id == hub.prefecture.bureau_id
    return True


def _granted(user: Any, hub: Hub | None) -> set[str]:
    found: set[str] = set()
    for membership in memberships_of(user):
        if hub is None or reaches(membership, hub):
            found |= {str(permission) for permission in GRANTS[membership.role]}
    return found


def permissions_of(user: Any, hub: Hub | None = None) -> set[str]:
    """What a user may do: anywhere, or at one hub."""
    found = _granted(user, hub)
    if hub is not None and hub.pk in getattr(user, "_opened", ()) and Permission.OPEN_RECORDS in found:
        found.add(str(Permission.VIEW_RECORDS))
    return found


def reads_by_opening(user: Any, hub: Hub) -> bool:
    """Whether the hub's records are open to the user by a reasoned opening only: to be read, never written."""
    return Permission.VIEW_RECORDS not in _granted(user, hub)


def holds_nationally(user: Any, permission: str) -> bool:
    """Whether a membership without a hub grants it: a chief's right at one hub opens no national page."""
    national = [m for m in memberships_of(user) if m.hub_id is None]
    return user.is_active and any(permission in GRANTS[m.role] for m in national)


def figure_hub_ids(user: Any) -> frozenset[int]:
    """The hubs whose figures exist for a user on national pages: a bureau's own prefectures, or all.
    One query for a bureau's official, none for anybody else."""
    national = [m for m in memberships_of(user) if m.hub_id is None]
    if any(m.bureau_id is None for m in national):
        return frozenset(HUB_IDS)
    bureaus = {m.bureau_id for m in national}
    if not bureaus:
        return frozenset()
    return frozenset(Prefecture.objects.filter(bureau__in=bureaus).values_list("pk", flat=True))


def posts_proposed_by(user: Any, hub: Hub) -> list[str]:
    """The posts that a user may propose somebody to at a hub, in the order of Post."""
    roles = {m.role for m in memberships_of(user) if reaches(m, hub)}
    return [post for post in Post.values if any(post in POSTS_PROPOSED_BY.get(role, ()) for role in roles)]


def moves_open_to(user: Any, appointment: Appointment) -> list[str]:
    """The moves that the state allows and the user holds the right to. Whoever could not have proposed
    the post cannot take the proposal back either."""
    hub = appointment.hub
    held = permissions_of(user, hub)
    moves = [move for move in APPOINTMENT.possible(appointment.state) if MOVE_RIGHTS[move] in held]
    if appointment.post not in posts_proposed_by(user, hub):
        moves = [move for move in moves if move != AppointmentMove.WITHDRAW]
    return moves


def may_look_behind(user: Any, hub: Hub) -> bool:
    """Whether a figure of a hub links to its records for this person, who may have to give a reason first."""
    return user.has_perm(Permission.VIEW_RECORDS, hub) or user.has_perm(Permission.OPEN_RECORDS, hub)


def own_hub(user: Any) -> Hub | None:
    """The hub that a user works at, if there is just one such: where they land after signing in."""
    hubs = {m.hub_id: m.hub for m in memberships_of(user) if m.hub_id is not None}
    return next(iter(hubs.values())) if len(hubs) == 1 else None


class RightsBackend(BaseBackend):
    """Answers `has_perm` from GRANTS. Signs nobody in."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active:
            return False
        if perm in frozenset(Permission):
            return str(perm) in permissions_of(user_obj, obj)
        # Django's own model permissions (accounts.change_user …) guard the administration site only.
        return Permission.ADMINISTER in permissions_of(user_obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return user_obj.is_active and Permission.ADMINISTER in permissions_of(user_obj)
