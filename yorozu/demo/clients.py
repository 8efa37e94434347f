"""Inventing enterprises."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from accounts.models import User
from consultations.choices import EnterpriseKind as Kind
from consultations.models import Enterprise
from consultations.models.enterprises import search_key_of
from foundation.identifiers import with_check_digit
from hubs.models import Hub
from yorozu.demo.businesses import COINED, TRADES, WEIGHTS, Trade
from yorozu.demo.people import SURNAMES, person
from yorozu.demo.places import PLACES, QUARTERS, Place

MANUFACTURERS = {"09", "10", "11", "12", "13", "15", "18", "24", "26", "32"}
SHOPS = {"57", "58", "60", "75", "76", "78"}
FOOD = {"01", "03", "09", "10", "52", "58", "61", "75", "76"}
CRAFT = {"11", "12", "13", "32", "57", "60"}
SELLERS = MANUFACTURERS | FOOD | CRAFT | {"54"}
KINDS = {Kind.CORPORATION: 76, Kind.SOLE: 21, Kind.ASSOCIATION: 2, Kind.OTHER: 1}
FOUNDERS = {Kind.FOUNDER: 70, Kind.SOLE: 15, Kind.CORPORATION: 15}
ELSEWHERE_TOO = 0.03  # share of new corporations that another hub knows already
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Registry:
    """法人番号 given out so far, and the corporations that may turn up at a second hub."""

    known: list[tuple[str, str, str, str, Trade]] = field(default_factory=list)
    count: int = 0

    def number(self) -> str:
        """A new one. No real number begins with 99 behind its check digit: registry offices have lower codes."""
        self.count += 1
        return with_check_digit(f"99{self.count * 7_654_321 % 10**10:010d}")


@dataclass
class Client:
    """An enterprise with what its notes are made of."""

    row: Enterprise
    trade: Trade

    @property
    def site(self) -> str:
        """What its premises are called."""
        if self.trade.industry in MANUFACTURERS:
            return "工場"
        return "店舗" if self.trade.industry in SHOPS else "事務所"

    @property
    def sells(self) -> bool:
        """Whether it has goods, not only services."""
        return self.trade.industry in SELLERS

    def specialties(self, place: Place) -> tuple[str, ...]:
        """What its place is known for, as far as it has to do with the trade."""
        if self.trade.industry in FOOD:
            return place.foods
        return place.crafts if self.trade.industry in CRAFT else ()


class Clients:
    """Makes the enterprises of one hub."""

    def __init__(self, hub: Hub, rng: Random, registry: Registry) -> None:
        self.hub, self.rng, self.registry = hub, rng, registry
        self.place = PLACES[hub.pk]
        self.numbers: set[str] = set()

    def new(self, *, since: dt.datetime, by: User, founding: bool) -> Client:
        """A new client, unsaved, registered at a moment by somebody."""
        rng = self.rng
        kinds = FOUNDERS if founding else KINDS
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        trade = rng.choices(TRADES, WEIGHTS)[0]
        row = Enterprise(hub=self.hub, kind=kind, prefecture_id=self.hub.pk, created_at=since, created_by=by)
        trade = self._name(row, trade)
        self._describe(row, since.date())
        row.industry = trade.industry
        row.updated_at = since + MINUTE * int(rng.random() * 90)
        row.search_key = search_key_of(row)
        return Client(row, trade)

    def _name(self, row: Enterprise, trade: Trade) -> Trade:
        rng = self.rng
        row.representative, kana = person(rng)
        if row.kind == Kind.FOUNDER:
            row.name, row.kana = row.representative, kana
        elif row.kind == Kind.SOLE:
            row.name, row.kana = self._style(trade)
            row.trade_name = row.name
        elif row.kind == Kind.CORPORATION:
            return self._incorporate(row, trade)
        else:
            row.name, row.kana = self._association(trade)
            row.corporate_number = self.registry.number()
        return trade

    def _incorporate(self, row: Enterprise, trade: Trade) -> Trade:
        rng, known = self.rng, self.registry.known
        if known and rng.random() < ELSEWHERE_TOO:
            number, name, kana, representative, its_trade = rng.choice(known)
            if number not in self.numbers:
                row.corporate_number, row.name, row.kana, row.representative = number, name, kana, representative
                self.numbers.add(number)
                return its_trade
        name, row.kana = self._style(trade)
        form = rng.random()
        if form < 0.72:
            row.name = f"株式会社{name}" if form < 0.4 else f"{name}株式会社"
        else:
            row.name = f"有限会社{name}" if form < 0.89 else f"合同会社{name}"
        row.corporate_number = self.registry.number()
        self.numbers.add(row.corporate_number)
        known.append((row.corporate_number, row.name, row.kana, row.representative, trade))
        return trade

    def _style(self, trade: Trade) -> tuple[str, str]:
        """What a firm calls itself: 鯖江精機, みらい食堂."""
        rng = self.rng
        stem = rng.random()
        if stem < 0.45:
            name, kana = rng.choice(SURNAMES)
        elif stem < 0.8:
            name, kana = rng.choice(COINED)
        else:
            town, kana = rng.choice(self.place.towns)
            name = town[:-1]
        ending, ending_kana = rng.choice(trade.names)
        return name + ending, kana + ending_kana

    def _association(self, trade: Trade) -> tuple[str, str]:
        town, kana = self.rng.choice(self.place.towns)
        ending, ending_kana = self.rng.choice(trade.names)
        return f"{town[:-1]}{ending}協同組合", f"{kana}{ending_kana}"

    def _describe(self, row: Enterprise, today: dt.date) -> None:
        rng = self.rng
        row.municipality = rng.choice(self.place.towns)[0]
        row.address = f"{rng.choice(QUARTERS)}{1 + int(rng.random() * 9)}-{1 + int(rng.random() * 28)}-{1 + int(rng.random() * 20)}"
        row.phone = f"{rng.choice(('070', '080', '090'))}0{int(rng.random() * 10**7):07d}"  # 0 there: never given out
        if rng.random() < 0.55:
            row.email = f"info{int(rng.random() * 90_000) + 10_000}@client.example"
        if row.kind == Kind.FOUNDER:
            return
        row.employees = int(1 + rng.random() ** 3 * (60 if row.kind == Kind.CORPORATION else 8))
        row.established_on = dt.date(today.year - 1 - int(rng.random() ** 1.6 * 55), 1 + int(rng.random() * 12), 1)
        if row.kind == Kind.CORPORATION:
            row.capital_yen = rng.choice((1, 3, 3, 3, 5, 10, 10, 10, 20, 30)) * 1_000_000
