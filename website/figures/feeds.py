"""Atom and RSS: a month was published, a month was corrected."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import feedgenerator, translation
from django.utils.http import http_date
from django.utils.translation import gettext as _

from reports.queries import published
from reports.queries.published import Told
from website.figures.open_data import absolute
from website.figures.views import PublicDoor

ENTRIES = 30


class AtomDoor(PublicDoor):
    """GET /figures/feed.atom."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _feed(feedgenerator.Atom1Feed, "figures:atom")


class RssDoor(PublicDoor):
    """GET /figures/feed.rss."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _feed(feedgenerator.Rss201rev2Feed, "figures:rss")


def _feed(kind: type[feedgenerator.SyndicationFeed], name: str) -> HttpResponse:
    """Django's generator without its view, whose addresses are those that the request claims."""
    told = sorted(published.all_told(), key=lambda one: (one.published_at, one.month, one.version), reverse=True)
    with translation.override("ja"):
        feed = kind(
            title=_("よろず支援拠点 月次実績"),
            description=_("毎月の実績の公表と訂正をお知らせします。"),
            link=settings.SITE_URL + reverse("figures:newest"),
            feed_url=absolute(name),
            language="ja",
            author_name=_("よろず支援拠点全国本部"),
        )
        for one in told[:ENTRIES]:
            _add(feed, one)
    response = HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)  # type: ignore[attr-defined]
    if told:
        response["Last-Modified"] = http_date(told[0].published_at.timestamp())
    return response


def _add(feed: feedgenerator.SyndicationFeed, told: Told) -> None:
    month = _("%(year)d年%(month)d月") % {"year": told.month.year, "month": told.month.number}
    if told.is_correction:
        title = _("%(month)sの実績を訂正しました(第%(version)d版)") % {"month": month, "version": told.version}
        text = _("訂正前と訂正後の値を公表ページに掲載しています。")
    else:
        title = _("%(month)sの実績を公表しました") % {"month": month}
        text = _("全国・経済産業局・拠点ごとの実績と、CSV・JSONのファイルを掲載しています。")
    link = absolute("figures:version", str(told.month), told.version)
    feed.add_item(
        title=title, link=link, description=text, pubdate=told.published_at, updateddate=told.published_at,
        unique_id=link, unique_id_is_permalink=True,
    )  # fmt: skip
