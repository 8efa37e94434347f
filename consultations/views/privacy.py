"""Consents, what is held of somebody, requests about it, and retention."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions import consents, disclosures, privacy
from consultations.choices import PrivacyKind, PrivacyState
from consultations.forms.privacy import CarryingOutForm, ConsentForm, PrivacyRequestForm, RefusalForm, WithdrawalForm
from consultations.models import Consent, ConsentText, Enterprise, PrivacyRequest, ProgramRules
from consultations.queries import privacy as queries
from consultations.views.clients import OneEnterprise
from consultations.views.logging import RecordDoor
from foundation.errors import MoveRefused
from foundation.paging import behind, page_of, read_moment, read_place
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 50
FILES = {"json": disclosures.as_json, "xlsx": disclosures.as_xlsx}
TYPES = {"json": disclosures.JSON_TYPE, "xlsx": disclosures.XLSX_TYPE}


class Consents(OneEnterprise):
    """GET enterprises/<pk>/consents/: all that was given and withdrawn. POST: one more."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = self.enterprise(pk)
        looked_at(request, "enterprise.viewed", on=enterprise)
        return self.page(enterprise, ConsentForm(today=_today(), initial={"given_on": _today()}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        enterprise = self.enterprise(pk)
        form = ConsentForm(request.POST, today=_today())
        if enterprise.anonymised_at is not None:
            return redirect(enterprise)
        if not form.is_valid():
            return self.page(enterprise, form, status=422)
        consents.give(enterprise=enterprise, by=self.person, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("同意を記録しました。"))
        return redirect("consultations:consents", self.hub.slug, pk)

    def page(self, enterprise: Enterprise, form: ConsentForm, *, status: int = 200) -> HttpResponse:
        rows = Consent.objects.filter(hub=self.hub, enterprise=enterprise).select_related("text", "recorded_by")
        context = {
            "enterprise": enterprise, "form": form, "consents": rows.newest_first(), "today": _today(),
            "texts": ConsentText.objects.on(_today()).values(),
        }  # fmt: skip
        return render(self.request, "consultations/consent_list.html", context, status=status)


class ConsentWithdrawal(OneEnterprise):
    """POST enterprises/<pk>/consents/<consent>/withdrawal/."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def post(self, request: HttpRequest, pk: int, consent: int) -> HttpResponseBase:
        found = Consent.objects.filter(hub=self.hub, enterprise_id=pk, pk=consent).first()
        if found is None:
            raise Http404
        form = WithdrawalForm(request.POST, consent=found, today=_today())
        if form.is_valid():
            consents.withdraw(consent=found, on=form.cleaned_data["on"], by=self.person, at=timezone.now())
            messages.success(request, _("同意の撤回を記録しました。"))
        else:
            messages.error(request, " ".join(form.errors["on"]))  # type: ignore[arg-type]
        return redirect("consultations:consents", self.hub.slug, pk)


class Disclosure(OneEnterprise):
    """GET enterprises/<pk>/disclosure/: everything that the hub holds of somebody, and who has seen it."""

    permission: ClassVar[str | None] = Permission.DISCLOSE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = self.enterprise(pk)
        looked_at(request, "enterprise.disclosed", on=enterprise)
        sections = queries.everything_held(enterprise)
        context = {
            "enterprise": enterprise, "sections": [(section, shown(section)) for section in sections],
            "seen": queries.seen_by(enterprise), "most": queries.MOST_LINES, "now": timezone.now(),
            "sha256": disclosures.held_sha256(sections),
            "requests": PrivacyRequest.objects.filter(hub=self.hub, enterprise=enterprise).newest_first(),
        }  # fmt: skip
        return render(request, "consultations/disclosure_page.html", context)


def shown(section: queries.Section) -> list[list[tuple[str, str]]]:
    """The rows of a section as (label, text)."""
    return [[(label, disclosures.as_text(value)) for label, value in row.items()] for row in section.rows]


class DisclosureFile(OneEnterprise):
    """GET enterprises/<pk>/disclosure/file/?form=xlsx: the same to hand over."""

    permission: ClassVar[str | None] = Permission.DISCLOSE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise, form = self.enterprise(pk), request.GET.get("form", "xlsx")
        if form not in FILES:
            raise Http404
        sections, at = queries.everything_held(enterprise), timezone.now()
        content = FILES[form](enterprise=enterprise, sections=sections, seen=queries.seen_by(enterprise), at=at)
        looked_at(request, "enterprise.disclosed", on=enterprise, format=form, bytes=len(content))
        answer = HttpResponse(content, content_type=TYPES[form])
        answer["Content-Disposition"] = f'attachment; filename="disclosure-{self.hub.slug}-{enterprise.pk}.{form}"'
        answer["Cache-Control"] = "private, no-store"
        return answer


class Requests(RecordDoor):
    """GET privacy-requests/: what was asked at this hub, newest first."""

    permission: ClassVar[str | None] = Permission.DISCLOSE

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = PrivacyRequest.objects.filter(hub=self.hub).select_related("enterprise")
        found = list(behind(rows, "received_on", read_place(request.GET)).newest_first()[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.received_on, row.pk))
        looked_at(request, "privacy.listed")
        return render(request, "consultations/privacy_request_list.html", {"page": page})


class RequestNew(OneEnterprise):
    """GET and POST enterprises/<pk>/privacy-requests/: note that somebody asked."""

    permission: ClassVar[str | None] = Permission.DISCLOSE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = self.enterprise(pk)
        looked_at(request, "enterprise.viewed", on=enterprise)
        return self.page(enterprise, PrivacyRequestForm(today=_today(), initial={"received_on": _today()}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        enterprise = self.enterprise(pk)
        form = PrivacyRequestForm(request.POST, today=_today())
        if not form.is_valid():
            return self.page(enterprise, form, status=422)
        try:
            made = privacy.receive(enterprise=enterprise, by=self.person, at=timezone.now(), **form.cleaned_data)
        except privacy.Anonymised:
            messages.error(request, _("この事業者の個人情報は、すでに匿名化されています。"))
            return redirect(enterprise)
        messages.success(request, _("請求を受け付けました。"))
        return redirect(made)

    def page(self, enterprise: Enterprise, form: PrivacyRequestForm, *, status: int = 200) -> HttpResponse:
        context = {"enterprise": enterprise, "form": form}
        return render(self.request, "consultations/privacy_request_new.html", context, status=status)


class OneRequest(RecordDoor):
    """Base of pages about one request."""

    permission: ClassVar[str | None] = Permission.DISCLOSE

    def found(self, pk: int) -> PrivacyRequest:
        rows = PrivacyRequest.objects.filter(hub=self.hub, pk=pk)
        found = rows.select_related("hub", "enterprise", "received_by", "decided_by").first()
        if found is None:
            raise Http404
        return found

    def page(self, asked: PrivacyRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
        context = {
            "asked": asked, "carrying_out": CarryingOutForm(), "refusal": RefusalForm(),
            "is_erasure": asked.kind == PrivacyKind.ERASURE, "is_open": asked.state == PrivacyState.RECEIVED,
        }  # fmt: skip
        return render(self.request, "consultations/privacy_request_page.html", context | forms, status=status)

    def decided(self, asked: PrivacyRequest) -> HttpResponseBase:
        messages.error(self.request, _("この請求は、すでに処理されています。"))
        return redirect(asked)


class RequestPage(OneRequest):
    """GET privacy-requests/<pk>/: one request and what can be done about it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        asked = self.found(pk)
        looked_at(request, "privacy.viewed", on=asked)
        return self.page(asked)


class RequestCarryingOut(OneRequest):
    """POST privacy-requests/<pk>/carrying-out/: erase, or note that everything was handed over."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        asked, form = self.found(pk), CarryingOutForm(request.POST)
        erases = asked.kind == PrivacyKind.ERASURE
        if erases and not form.is_valid():
            return self.page(asked, carrying_out=form, status=422)
        handed = "" if erases else disclosures.held_sha256(queries.everything_held(asked.enterprise))
        try:
            privacy.carry_out(request=asked, handed_over=handed, by=self.person, at=timezone.now())
        except (MoveRefused, privacy.Anonymised):
            return self.decided(asked)
        messages.success(request, _("個人情報を消去しました。") if erases else _("開示を済ませたことを記録しました。"))
        return redirect("consultations:privacy_proof", self.hub.slug, pk)


class RequestRefusal(OneRequest):
    """POST privacy-requests/<pk>/refusal/."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        asked, form = self.found(pk), RefusalForm(request.POST)
        if not form.is_valid():
            return self.page(asked, refusal=form, status=422)
        try:
            privacy.refuse(request=asked, reason=form.cleaned_data["reason"], by=self.person, at=timezone.now())
        except MoveRefused:
            return self.decided(asked)
        messages.success(request, _("実施しないことを、理由とともに記録しました。"))
        return redirect(asked)


class Proof(OneRequest):
    """GET privacy-requests/<pk>/proof/: a page to print, with the hash of what was done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        asked = self.found(pk)
        if asked.state != PrivacyState.DONE:
            return redirect(asked)
        looked_at(request, "privacy.viewed", on=asked)
        context = {
            "asked": asked, "is_erasure": asked.kind == PrivacyKind.ERASURE,
            "rows": [(label_of(name), count) for name, count in asked.proof.get("rows", {}).items()],
            "emptied": [Enterprise._meta.get_field(name).verbose_name for name in asked.proof.get("emptied", [])],  # type: ignore[union-attr]
            "stands": privacy.seal(asked.proof) == asked.sha256,
        }  # fmt: skip
        return render(request, "consultations/privacy_proof.html", context)


def label_of(name: str) -> Any:
    """What a kind of rows in a proof is called."""
    known: dict[str, Any] = {
        "enterprises": _("事業者"), "cases": _("案件"), "case_steps": _("案件の経過の備考"),
        "consultations": _("相談記録"), "drafts": _("下書き"), "requests": _("請求者の氏名"),
    }  # fmt: skip
    return known.get(name) or next((each.label for each in privacy.holdings() if each.name == name), name)


class Retention(RecordDoor):
    """GET retention/: whose data will be anonymised within a month, and when."""

    permission: ClassVar[str | None] = Permission.DISCLOSE

    def get(self, request: HttpRequest) -> HttpResponse:
        today, place = _today(), read_place(request.GET, read_moment)
        rows: models.QuerySet[Enterprise] = queries.soon_due(self.hub, on=today)
        found = list(behind(rows, "created_at", place).order_by("-created_at", "-pk")[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.created_at, row.pk))
        years = ProgramRules.objects.on(today + dt.timedelta(days=queries.WARNED_DAYS)).retention_years
        goes = [(row, max(queries.years_after(row.contacted_on, years), today)) for row in page.objects]
        looked_at(request, "enterprises.listed", kind="retention")
        return render(request, "consultations/retention_list.html", {"page": page, "rows": goes, "years": years})


def _today() -> dt.date:
    return timezone.localdate()
