"""What we say by mail: that something waits, and where. Never whose case it is, for mail is read over shoulders."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from hubs.models import Hub
from letters import actions as letters
from sharing.models import SharingRequest


def tell_of_request(*, request: SharingRequest, chief: User, at: dt.datetime) -> None:
    """To a chief of the hub that is asked. The same again is the same letter."""
    subject = _("拠点間の申入れが届いています(%(hub)s)") % {"hub": request.hub.name}
    told = _(
        "%(chief)s 様\n\n%(hub)sから、%(kind)sの申入れが届いています。\n"
        "次のページで内容を確かめ、回答してください。\n\n%(link)s\n\n"
        "このメールには、事業者の情報を記載していません。\n"
    )
    _post("asked", request, request.to_hub, chief, subject, told, at)


def tell_of_answer(*, request: SharingRequest, at: dt.datetime) -> None:
    """To the person who asked."""
    subject = _("拠点間の申入れへの回答がありました(%(hub)s)") % {"hub": request.to_hub.name}
    told = _(
        "%(chief)s 様\n\n%(kind)sの申入れに、%(hub)sから回答がありました。\n"
        "次のページで確かめてください。\n\n%(link)s\n\n"
        "このメールには、事業者の情報を記載していません。\n"
    )
    _post("answered", request, request.hub, request.asked_by, subject, told, at)


def _post(what: str, request: SharingRequest, hub: Hub, person: User, subject: str, told: str, at: dt.datetime) -> None:
    body = told % {
        "chief": person.name,
        "hub": request.other_than(hub).name,
        "kind": request.get_kind_display(),
        "link": settings.SITE_URL + request.address_at(hub),
    }
    key = f"sharing:{request.pk}:{what}:{person.pk}"
    letters.post(key=key, hub=hub, to=person.email, subject=subject, body=body, at=at)
