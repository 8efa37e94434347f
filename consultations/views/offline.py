"""What a phone needs to go on without a network: manifest, service worker, a page without anybody's rows, and keys.

Public, because a browser fetches them by itself and keeps them for whoever uses it next: nothing in them depends on
who asks. The keys are the exception, and are kept by nobody's cache.
"""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.forms.offline import OfflineForm
from consultations.queries import quality
from consultations.queries.offline import unsent_keys
from hubs import access
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at

SHELL_FILES = (
    "vendor/tokens/tokens.css", "yorozu/base.css", "yorozu/parts.css", "yorozu/logging.css", "yorozu/notes.css",
    "yorozu/mark.svg", "yorozu/shell.js", "yorozu/meter.js",
)  # fmt: skip
IMPORTED = "yorozu/unsent.js"  # by its plain name: a module's own imports are not rewritten to hashed ones


class Manifest(Door):
    """GET /manifest.webmanifest: what the browser shows when it installs this."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        icons = [
            {
                "src": static(f"yorozu/icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
        ]
        icons.append({"src": static("yorozu/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
        manifest = {
            "name": _("よろず支援拠点 支援実績管理システム"), "short_name": _("よろず"), "lang": "ja", "dir": "ltr",
            "id": "/", "start_url": reverse("offline:start"), "scope": "/", "display": "standalone",
            "background_color": "#ffffff", "theme_color": "#0017c1", "icons": icons,
        }  # fmt: skip
        return JsonResponse(
            manifest, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
        )


class ServiceWorker(Door):
    """GET /service-worker.js: from the root, so that it stands before every page. Its text changes with whatever it
    keeps, and so the browser takes the new one."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        files = [*map(static, SHELL_FILES), _plain(IMPORTED)]
        shell = shell_page()
        version = hashlib.sha256("\n".join([*files, shell]).encode()).hexdigest()[:16]
        kept = json.dumps({"cache": f"yorozu-shell-{version}", "shell": reverse("offline:shell"), "files": files})
        script = render_to_string("consultations/service_worker.js", {"kept": kept})
        return HttpResponse(
            script, content_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"},
        )  # fmt: skip


class Shell(Door):
    """GET /offline/: the page that the browser keeps. The same for everybody."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(shell_page(), headers={"Cache-Control": "no-cache"})


class Start(Door):
    """GET /start/: where the installed application begins: the logging page of one's hub."""

    reach: ClassVar[Reach] = Reach.OWN

    def get(self, request: HttpRequest) -> HttpResponseBase:
        hub = access.own_hub(self.person)
        if hub is not None and self.person.has_perm(Permission.LOG_CONSULTATION, hub):
            return redirect("consultations:new", hub.slug)
        return redirect("/")


class Keys(Door):
    """GET /offline/keys/: who is signed in, the keys of their unsent consultations, and a token for sending them."""

    reach: ClassVar[Reach] = Reach.OWN
    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest) -> HttpResponse:
        hub = access.own_hub(self.person)
        looked_at(request, "offline.key")
        found = {
            "person": self.person.pk, "hub": hub.slug if hub else "", "token": get_token(request),
            "keys": unsent_keys(self.person),
        }  # fmt: skip
        return JsonResponse(found, headers={"Cache-Control": "no-store"})


def shell_page() -> str:
    """The page without a network. Made without a request: nothing of whoever asks can get into it."""
    today = timezone.localdate()
    context = {"form": OfflineForm(today=today), "criteria": quality.criteria_for_page(), "given": "", "user": None}
    return render_to_string("consultations/offline.html", context)


def _plain(name: str) -> str:
    """A static file's address without a hash in it."""
    folder, _slash, _file = static("yorozu/shell.js").rpartition("/")
    return f"{folder}/{name.rpartition('/')[2]}"
