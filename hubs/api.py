"""What every resource of the API shares: the hub, the token's scopes, editions, rate limits, and what they answer.

A program may never do more than its token says, nor its token more than its owner may: the entrance asks for the
owner's right as it does for pages, the resource for the token's scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from hubs.access import Permission
from hubs.doors import Reach
from hubs.models import Hub

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BIGGEST_KEY = 2**63 - 1
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that was read before."
)
AFTER = OpenApiParameter("after", str, description="Where the page before ended: its `next`.")


class EditedMeanwhile(APIException):
    """Somebody has changed it since the program read it."""

    status_code = 412
    default_detail = "It was changed meanwhile. Read it again."
    default_code = "edited_meanwhile"


class EditionMissing(APIException):
    """A change without saying which edition it is a change of."""

    status_code = 428
    default_detail = "If-Match is missing: send the ETag of what was read."
    default_code = "edition_missing"


class Conflict(APIException):
    """The same client-made id for something else."""

    status_code = 409
    default_detail = "The client_id is already that of another record."
    default_code = "conflict"


class Closed(Conflict):
    """The month of what is to be changed is closed."""

    default_detail = "The month is closed: what counts in it can only be changed after a reopening."


class Forgotten(Conflict):
    """What it is about was anonymised: nothing personal is taken in about it any more."""

    default_detail = "The client's personal data were erased: nothing can be written about it any more."
    default_code = "forgotten"


class Resource(APIView):
    """Base: asks a token for its scope. `area` is the first half of accounts.choices.TokenScope."""

    is_api = True
    reach: ClassVar[Reach]
    permission: ClassVar[str]
    area: ClassVar[str]

    @property
    def person(self) -> User:
        """Who asks."""
        return cast(User, self.request.user)

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        token = getattr(request._request, "token", None)
        if token is None:
            return
        wanted = f"{self.area}:{'read' if request.method in SAFE else 'write'}"
        if wanted not in token.scopes:
            raise PermissionDenied(f"The token lacks the scope {wanted}.")
        if not request.user.has_perm(Permission.USE_API):
            raise PermissionDenied("The token's owner may not use the API any more.")


class RecordResource(Resource):
    """Base: a hub's records. `permission_to_write` is asked for as well when something is changed."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str] = Permission.VIEW_RECORDS
    permission_to_write: ClassVar[str] = Permission.LOG_CONSULTATION

    @property
    def hub(self) -> Hub:
        """The hub in the URL."""
        return self.request._request.hub  # type: ignore[attr-defined]

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if request.method not in SAFE and not request.user.has_perm(self.permission_to_write, self.hub):
            self.permission_denied(request)


def etag_of(row: Any) -> str:
    """Of a row with a `version`: another edition, another tag."""
    return f'"{row.pk}-{row.version}"'


def told(row: Any, serializer: type[serializers.BaseSerializer], *, request: Request, status: int = 200) -> Response:
    """A row with its ETag; 304 where the program has just this edition."""
    tag = etag_of(row)
    if request.method == "GET" and tag in _tags(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": tag})
    return Response(serializer(row).data, status=status, headers={"ETag": tag})


def edition(request: Request, row: Any) -> int:
    """The version that a change is based on. Raises EditionMissing, EditedMeanwhile."""
    asked = request.headers.get("If-Match", "")
    if not asked:
        raise EditionMissing
    if etag_of(row) not in _tags(asked):
        raise EditedMeanwhile
    return row.version


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]


def refused(errors: Mapping[str, Any], renamed: Mapping[str, str] | None = None) -> ValidationError:
    """A form's complaints as the API tells them: by the name under which the field was sent."""
    names = renamed or {}
    told_as = {names.get(name, name): [str(text) for text in texts] for name, texts in errors.items()}
    if "__all__" in told_as:
        told_as["non_field_errors"] = told_as.pop("__all__")
    return ValidationError(told_as)


def unknown_key(name: str) -> ValidationError:
    """A key that leads to nothing of this hub."""
    return ValidationError({name: [_("見つかりません。")]})


class ProblemSerializer(serializers.Serializer):
    """Why it was refused."""

    detail = serializers.CharField()


REFUSALS = {
    "400": "What was sent cannot be read or breaks a rule; the answer names the fields.",
    "401": "No token, no session, or one that has ended.",
    "403": "Signed in, but not allowed, or the token lacks the scope.",
    "404": "No such thing, or none that one may know of.",
    "405": "Not a method of this address.",
    "406": "Only JSON is spoken here.",
    "409": "The client-made id is another record's, the state does not allow it, or the client's data were erased.",
    "412": "It was changed since it was read.",
    "415": "Only JSON is understood.",
    "428": "If-Match is missing.",
    "429": "Too many requests; Retry-After says when to come back.",
}
WHEN_WRITING = ("409", "412", "415", "428")


def describe_refusals(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """For the schema: every operation also answers these, so that no program is surprised."""
    body = {"application/json": {"schema": {"type": "object", "additionalProperties": {}}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method not in ("get", "post", "patch", "put", "delete"):
                continue
            for code, text in REFUSALS.items():
                if method != "get" or code not in WHEN_WRITING:
                    operation["responses"].setdefault(code, {"description": text, "content": body})
    return result
