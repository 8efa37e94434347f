"""One's own account, and the sign of life that keeps a session.

This room lies below `hubs`, so its pages have no Door: like allauth's beside them they guard themselves
(hubs.entrance, OTHER_DOORS) and show nothing but what belongs to the person who asks.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts import queries
from accounts.models import User
from accounts.second_factor import factors_of


class Profile(LoginRequiredMixin, TemplateView):
    """GET /accounts/profile/: name, second factors, password, latest sign-ins."""

    template_name = "accounts/profile_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)  # LoginRequiredMixin
        own = {"factors": factors_of(user), "sign_ins": queries.recent_sign_ins(user)}
        return super().get_context_data(**kwargs) | own


@method_decorator(never_cache, name="dispatch")
class Alive(View):
    """POST /accounts/alive/: somebody is there (accounts.idle has noted it by then): 204, or 401.

    GET gives the page's token anew, and whose it is: signing in again in another tab has changed it, and a page that
    was opened by one person must not go on in another's name.
    """

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return JsonResponse({"token": get_token(request), "person": request.user.pk})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponse(status=204 if request.user.is_authenticated else 401)


class Emails(View):
    """/accounts/email/: allauth's page to change one's address. Here administrators do that."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("accounts:profile")


class Closed(View):
    """Addresses of allauth that this system does not use."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise Http404
