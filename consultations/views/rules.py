"""What headquarters sets: the rules of the programme, and the texts of consents."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions import consents
from consultations.forms.privacy import ConsentTextForm, RulesForm
from consultations.models import ConsentText, ProgramRules
from hubs.access import Permission
from hubs.doors import Door, Reach


class RulesDoor(Door):
    """Base: headquarters alone."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.SET_RULES


class Rules(RulesDoor):
    """GET /nation/rules/: all rules there were and will be. POST: new ones, valid from a day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        return self.page(RulesForm.starting_from(ProgramRules.objects.on(today), today=today))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = RulesForm(request.POST, today=timezone.localdate())
        if not form.is_valid():
            return self.page(form, status=422)
        consents.set_rules(by=self.person, at=timezone.now(), **form.numbers())
        messages.success(request, _("新しい基準を登録しました。"))
        return redirect(request.path)

    def page(self, form: RulesForm, *, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        context = {
            "form": form, "today": today, "in_force": ProgramRules.objects.on(today),
            "rules": ProgramRules.objects.select_related("set_by").order_by("-valid_from"),
        }  # fmt: skip
        return render(self.request, "consultations/rules_list.html", context, status=status)


class ConsentTexts(RulesDoor):
    """GET /nation/consent-texts/: every version of every text. POST: a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ConsentTextForm(today=timezone.localdate(), initial={"valid_from": timezone.localdate()}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = ConsentTextForm(request.POST, today=timezone.localdate())
        if not form.is_valid():
            return self.page(form, status=422)
        consents.set_text(by=self.person, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("新しい文面を登録しました。"))
        return redirect(request.path)

    def page(self, form: ConsentTextForm, *, status: int = 200) -> HttpResponse:
        rows = ConsentText.objects.select_related("set_by").newest_first()
        in_force = {text.pk for text in ConsentText.objects.on(timezone.localdate()).values()}
        context = {"form": form, "texts": rows, "in_force": in_force}
        return render(self.request, "consultations/consent_text_list.html", context, status=status)
