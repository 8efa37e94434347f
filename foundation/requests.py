"""What arrives from outside, before any room sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class CleanInput:
    """Middleware: an address or form that is not UTF-8, or holds NUL, is answered 400, never 500.

    PostgreSQL cannot store NUL, and a broken encoding would be kept as replacement characters. Other
    control characters are told beside their field, by the fields themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(_unstorable(text) for text in _texts(request)):
            raise BadRequest(_("文字コードがUTF-8でないか、使えない文字が含まれています。"))
        return self.get_response(request)


class SwitchedLanguage:
    """Middleware: Japanese, unless the reader has switched. What a browser says of itself is not asked: an official
    whose machine was set up in English expects the same page as the colleague beside them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    yield from _pairs(request.GET)
    if request.method == "POST" and request.content_type in FORMS:
        yield from _pairs(request.POST)
        yield from (upload.name or "" for uploads in request.FILES.lists() for upload in uploads[1])


def _pairs(query: QueryDict) -> Iterator[str]:
    for name, values in query.lists():
        yield name
        yield from values


def _unstorable(text: str) -> bool:
    return "\x00" in text or "\ufffd" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


class BoundedUpload(FileUploadHandler):
    """Upload handler that stands before those that store: behind UPLOAD_MAX_BYTES it lets nothing more of a file
    through, so that no sender fills the disk. The file's size still shows that it was too large: its form says so."""

    passed = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Each file counts for itself."""
        super().new_file(*args, **kwargs)
        self.passed = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """The piece goes on to the next handler, unless enough has gone on already."""
        if self.passed > settings.UPLOAD_MAX_BYTES:
            return None
        self.passed += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Others make the file."""


class CleanJSONParser(JSONParser):
    """The API's parser: JSON whose texts can be stored and answered. Raises ParseError, answered 400."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body, parsed."""
        try:
            sent = super().parse(stream, media_type, parser_context)
        except RecursionError as problem:
            raise ParseError(_("入れ子が深すぎます。")) from problem
        if any(_unstorable(text) for text in _strings(sent)):
            raise ParseError(_("文字コードがUTF-8でないか、使えない文字が含まれています。"))
        return sent
