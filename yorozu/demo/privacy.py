"""Consents, requests about one's own data, what the enterprise's form asks beyond a name; and public reference data about
companies and places that do not exist. Set-based, after a hub's clients are written."""

from __future__ import annotations

import datetime as dt
from random import Random

from django.db import connection
from django.utils import timezone

from consultations.models import Enterprise, PrivacyRequest
from consultations.models.enterprises import search_key_of
from consultations.queries.privacy import years_before
from directory.models import PostalArea
from foundation.identifiers import with_municipality_check
from hubs.models import Hub
from yorozu.demo.people import person
from yorozu.demo.places import PLACES, QUARTERS

HUBS_WITH_REQUESTS = (13, 27, 40)
SPANNING = "0000099"  # in two prefectures, as 498-0000 is; no real code begins with 000

_DETAILS = """
    UPDATE consultations_enterprise e SET
        postal_code = a.postal_code, municipality_code = a.municipality_code,
        legal_form = CASE WHEN e.name LIKE '%%株式会社%%' THEN 'stock' WHEN e.name LIKE '%%有限会社%%' THEN 'limited'
                          WHEN e.name LIKE '%%合同会社%%' THEN 'llc' WHEN e.name LIKE '%%協同組合' THEN 'cooperative'
                          ELSE '' END,
        legal_form_position = CASE WHEN e.name ~ '^(株式|有限|合同)会社' THEN 'before'
                                   WHEN e.name ~ '(会社|協同組合)$' THEN 'after' ELSE '' END,
        representative_post = CASE e.kind WHEN 'corporation' THEN '代表取締役' WHEN 'association' THEN '代表理事'
                                          ELSE '' END,
        founding_stage = CASE WHEN e.kind = 'founder' THEN (ARRAY['idea', 'preparing'])[1 + e.id %% 2] ELSE '' END,
        accounts_on = CASE WHEN e.employees > 0 THEN %(accounts)s::date END,
        sales_yen = e.employees * (6000000 + e.id %% 17 * 500000),
        profit_yen = e.employees * (e.id %% 9 - 2) * 150000,
        labor_yen = e.employees * (3200000 + e.id %% 11 * 90000),
        depreciation_yen = e.employees * (200000 + e.id %% 7 * 60000),
        memberships = CASE WHEN e.id %% 3 = 0 THEN '{chamber}' WHEN e.id %% 3 = 1 THEN '{commerce_society}'
                           WHEN e.id %% 7 = 2 THEN '{none}' ELSE '{}' END::varchar[],
        survey_opt_out = e.id %% 23 = 0
      FROM directory_postalarea a
     WHERE e.hub_id = %(hub)s AND a.prefecture_code = e.hub_id AND a.municipality = e.municipality AND a.town = ''
"""
_REGISTERED = """
    INSERT INTO directory_registeredcorporation (number, name, kana, kind, prefecture_code, municipality_code,
        municipality, street, postal_code, abroad, successor, updated_on)
    SELECT corporate_number, name, kana, '301', prefecture_id, municipality_code, municipality, address, postal_code,
           '', '', created_at::date
      FROM consultations_enterprise WHERE hub_id = %(hub)s AND corporate_number <> ''
    ON CONFLICT DO NOTHING
"""
# All but a few have consented to their records' use; fewer to the rest; some have taken a consent back.
_CONSENTS = """
    INSERT INTO consultations_consent (hub_id, enterprise_id, purpose, text_id, given_on, means, recorded_at,
        recorded_by_id, withdrawn_on, withdrawn_at, withdrawn_by_id)
    SELECT e.hub_id, e.id, t.purpose, t.id, e.created_at::date, (ARRAY['paper', 'paper', 'oral', 'online'])[1 + e.id %% 4],
           e.created_at, e.created_by_id, gone.at::date, gone.at, CASE WHEN gone.at IS NOT NULL THEN e.created_by_id END
      FROM consultations_enterprise e
      JOIN (SELECT DISTINCT ON (purpose) purpose, id FROM consultations_consenttext ORDER BY purpose, valid_from) t
           ON t.purpose = 'records' AND e.id %% 31 > 0 OR t.purpose = 'provision' AND e.id %% 3 = 0
              OR t.purpose = 'survey' AND e.id %% 23 > 0 AND e.id %% 2 = 0 OR t.purpose = 'case_study' AND e.id %% 29 = 0
      CROSS JOIN LATERAL (SELECT CASE WHEN t.purpose = 'provision' AND e.id %% 37 = 0
                                      THEN least(e.created_at + interval '60 days', %(at)s) END AS at) gone
     WHERE e.hub_id = %(hub)s
"""


def invent_places() -> None:
    """A postal code for each municipality of the demonstration, and one code in two prefectures."""
    areas = [
        PostalArea(
            postal_code=f"000{hub:02d}{number:02d}", prefecture_code=hub, municipality=town,
            municipality_code=with_municipality_check(f"{hub:02d}{900 + number}"), town=part,
        )
        for hub, place in PLACES.items()
        for number, (town, _kana) in enumerate(place.towns, 1)
        for part in ("", QUARTERS[number])
    ]  # fmt: skip
    areas += [
        PostalArea(postal_code=SPANNING, prefecture_code=hub, municipality=town,
                   municipality_code=with_municipality_check(f"{hub:02d}999"))
        for hub, town in ((23, "見本市"), (24, "見本郡架空町"))
    ]  # fmt: skip
    PostalArea.objects.bulk_create(areas, ignore_conflicts=True)


def tell_privacy(hub: Hub, *, at: dt.datetime) -> None:
    """One hub's. Runs in its scope."""
    today = timezone.localdate(at)
    asked = {"hub": hub.pk, "at": at, "accounts": dt.date(today.year - (today.month < 6), 3, 31)}
    with connection.cursor() as cursor:
        for statement in (_DETAILS, _REGISTERED, _CONSENTS):
            cursor.execute(statement, asked)  # type: ignore[arg-type]
    if hub.pk in HUBS_WITH_REQUESTS:
        _requests(hub, at)


def _requests(hub: Hub, at: dt.datetime) -> None:
    """One still to be answered, one that was declined."""
    clients = list(Enterprise.objects.filter(hub=hub, kind="sole").order_by("-pk")[:2])
    for number, client in enumerate(clients):
        day = at - dt.timedelta(days=3 + 40 * number)
        request = PrivacyRequest(
            hub=hub, enterprise=client, kind="disclosure" if number == 0 else "erasure", requester=client.representative,
            relation="self", identity_check="photo_id", received_on=timezone.localdate(day), received_at=day,
            received_by_id=client.created_by_id,
        )  # fmt: skip
        if number:
            request.state, request.decided_at, request.decided_by_id = "refused", day, client.created_by_id
            request.reason = "支援が続いているため、ご本人と相談のうえ見送りとなった。"
        request.save()


def remember_silent(hub: Hub, *, at: dt.datetime) -> None:
    """Clients who registered almost seven years ago and never came. After everything that picks clients."""
    if hub.pk not in HUBS_WITH_REQUESTS:
        return
    rng, rows = Random(f"silent {hub.pk}"), []
    staff = Enterprise.objects.filter(hub=hub).order_by("pk").values_list("created_by", flat=True)[:1].get()
    for number in range(3):
        since = at.replace(year=years_before(timezone.localdate(at), 7).year, day=1) + dt.timedelta(days=27 + number)
        name, kana = person(rng)
        row = Enterprise(
            hub=hub, kind="founder", name=name, kana=kana, representative=name, prefecture_id=hub.pk,
            phone=f"0900{int(rng.random() * 10**7):07d}", created_at=since, created_by_id=staff, updated_at=since,
        )  # fmt: skip
        row.search_key = search_key_of(row)
        rows.append(row)
    Enterprise.objects.bulk_create(rows)
