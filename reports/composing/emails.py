"""What is written to the agency: that a report is there, and where. No figure."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from letters import actions as letters
from reports.models import Composition


def tell_of_submission(*, composition: Composition, to: User, at: dt.datetime) -> None:
    """To one person at the agency. The same again is the same letter."""
    with translation.override("ja"):
        month = f"{composition.month.year}年{composition.month.month}月"
        subject = _("【よろず支援拠点】%(month)sの月次報告(本部・第%(version)s版)が提出されました") % {
            "month": month, "version": composition.version,
        }  # fmt: skip
        body = _(
            "%(name)s 様\n\nよろず支援拠点全国本部が、%(month)sの月次報告(第%(version)s版)を提出しました。\n"
            "次のページで読み、PDFをダウンロードできます。\n\n%(link)s\n\n"
            "このメールには、集計値を記載していません。\n"
        ) % {
            "name": to.name, "month": month, "version": composition.version,
            "link": settings.SITE_URL + reverse("reports:composition", args=[composition.pk]),
        }  # fmt: skip
    key = f"composition:{composition.pk}:submitted:{to.pk}"
    letters.post(key=key, hub=None, to=to.email, subject=subject, body=body, at=at)
