"""What we say by mail: that a package is there, and where. Never a figure: mail is read over shoulders."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from letters import actions as letters
from reports.models import Package


def tell_of_package(*, package: Package, person: User, at: dt.datetime) -> None:
    """To a subscriber. The same again is the same letter."""
    subject = _("%(kind)s報告 %(period)s 第%(version)s版ができました") % {
        "kind": package.get_kind_display(), "period": package.period, "version": package.version,
    }  # fmt: skip
    body = _(
        "%(name)s 様\n\nよろず支援拠点の%(kind)s報告 %(period)s(第%(version)s版)ができました。\n"
        "次のページからダウンロードできます。\n\n%(link)s\n\n"
        "このメールには、集計値を記載していません。\n\n"
        "通知を止めるには、次のページで登録を解除してください(サインインが必要です)。\n%(stop)s\n"
    ) % {
        "name": person.name, "kind": package.get_kind_display(), "period": package.period, "version": package.version,
        "link": settings.SITE_URL + reverse("reports:package", args=[package.pk]),
        "stop": settings.SITE_URL + reverse("agency:subscription"),
    }  # fmt: skip
    key = f"package:{package.pk}:{person.pk}"
    letters.post(key=key, hub=None, to=person.email, subject=subject, body=body, at=at)
