"""Pages and files of what was published. Official documents: Japanese whatever language the reader's screens are in,
and the same for everybody, so no page here knows who reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import http_date

from foundation.errors import Unreadable
from foundation.periods import Month
from hubs.doors import Door, Reach
from reports.queries import published
from reports.queries.published import PublicMonth, Told
from website.figures import open_data
from website.figures.pages import page_of


class PublicDoor(Door):
    """Base: public, answered without looking at the reader."""

    reach: ClassVar[Reach] = Reach.PUBLIC
    http_method_names = ["get", "head", "options"]


class PageDoor(PublicDoor):
    """Base of the pages."""

    def page(self, told: Told, all_told: list[Told]) -> HttpResponse:
        return _answer(_rendered("website/figures_page.html", page_of(_read(told), all_told)), told.published_at)


class Newest(PageDoor):
    """GET /figures/: the newest month in its newest version."""

    def get(self, request: HttpRequest) -> HttpResponse:
        all_told = published.all_told()
        if not all_told:
            return _answer(_rendered("website/figures_none.html", {}), None)
        return self.page(all_told[0], all_told)


class NewestOfMonth(PageDoor):
    """GET /figures/<month>/: its newest version."""

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        all_told = published.all_told()
        return self.page(_named(all_told, month), all_told)


class Version(PageDoor):
    """GET /figures/<month>/v<version>/: always the same figures."""

    def get(self, request: HttpRequest, month: str, version: int) -> HttpResponse:
        all_told = published.all_told()
        return self.page(_named(all_told, month, version), all_told)


class CsvFile(PublicDoor):
    """GET …/figures.csv: one fact per row."""

    def get(self, request: HttpRequest, month: str, version: int) -> HttpResponse:
        found = _read(_named(published.all_told(), month, version))
        return _file(open_data.csv_of(found), "text/csv; charset=utf-8", f"yorozu-{month}-v{version}.csv", found.told)


class JsonFile(PublicDoor):
    """GET …/figures.json: the same facts, with definitions and where they come from."""

    def get(self, request: HttpRequest, month: str, version: int) -> HttpResponse:
        found = _read(_named(published.all_told(), month, version))
        return _file(open_data.json_of(found), "application/json", f"yorozu-{month}-v{version}.json", found.told)


class Index(PublicDoor):
    """GET /figures/index.json: every month and version."""

    def get(self, request: HttpRequest) -> HttpResponse:
        all_told = published.all_told()
        newest = max(all_told, key=lambda told: told.published_at, default=None)
        return _file(open_data.index_of(all_told), "application/json", "", newest)


class DefinitionsFile(PublicDoor):
    """GET /figures/definitions.json: every definition that ever held."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _file(open_data.definitions(), "application/json", "", None)


def _named(all_told: list[Told], month: str, version: int | None = None) -> Told:
    try:
        asked = Month.parse(month)
    except Unreadable as problem:
        raise Http404 from problem
    for told in all_told:
        if told.month == asked and version in (None, told.version):
            return told
    raise Http404


def _read(told: Told) -> PublicMonth:
    found = published.read(told.month, told.version)
    assert found is not None  # publications are never taken away
    return found


def _rendered(template: str, context: Mapping[str, Any]) -> bytes:
    """Without the request: nothing of the reader gets in."""
    with translation.override("ja"):
        return render_to_string(template, dict(context)).encode()


def _answer(content: bytes, at: dt.datetime | None, kind: str = "text/html; charset=utf-8") -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    if at is not None:
        response["Last-Modified"] = http_date(at.timestamp())
    return response


def _file(content: bytes, kind: str, name: str, told: Told | None) -> HttpResponse:
    """Any program of any site may read it."""
    response = _answer(content, told.published_at if told else None, kind)
    response["Access-Control-Allow-Origin"] = "*"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
