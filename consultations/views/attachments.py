"""Files of a consultation: adding, handing out, taking away."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions import Anonymised, attachments
from consultations.forms import FORGOTTEN
from consultations.forms.attachments import AttachmentForm
from consultations.models import Attachment
from consultations.views.logging import RecordDoor
from consultations.views.records import ConsultationPage
from foundation.files import KINDS
from hubs.access import Permission
from hubs.doors import looked_at

# Even a browser that opened it in place would run nothing of it, and show it as nobody's page.
SANDBOX = "sandbox; default-src 'none'"


class AttachmentAdding(ConsultationPage):
    """POST consultations/<pk>/attachments/: files for a record. Refused ones are told on the record's page."""

    permission = Permission.LOG_CONSULTATION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        consultation = self.consultation(pk)
        held = Attachment.objects.filter(consultation=consultation).standing().count()
        form = AttachmentForm(request.POST, request.FILES, held=held)
        if not form.is_valid():
            return self.page(consultation, attaching=form, status=422)
        files = form.cleaned_data["files"]
        try:
            for file, name, kind in files:
                attachments.attach(
                    consultation=consultation, file=file, name=name, kind=kind, by=self.person, at=timezone.now()
                )
        except Anonymised:
            form.add_error("files", FORGOTTEN)
            return self.page(consultation, attaching=form, status=422)
        message = ngettext("%(n)d個のファイルを添付しました。", "%(n)d個のファイルを添付しました。", len(files))
        messages.success(request, message % {"n": len(files)})
        return redirect(f"{consultation.get_absolute_url()}#attachments")


class OneAttachment(RecordDoor):
    """Base of what can be done with one file."""

    def attachment(self, pk: int) -> Attachment:
        rows = Attachment.objects.filter(hub=self.hub, pk=pk, consultation__deleted_at__isnull=True).standing()
        found = rows.select_related("hub", "consultation__hub").first()
        if found is None:
            raise Http404
        return found


class AttachmentFile(OneAttachment):
    """GET attachments/<pk>/file/: the file, to be saved and not shown. 409 until it may be handed out."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        attachment = self.attachment(pk)
        if not attachment.may_be_handed_out:
            return HttpResponse(
                _("このファイルはウイルス検査が済むまで開けません。"),
                status=409,
                content_type="text/plain; charset=utf-8",
            )
        try:
            file = attachments.storage().open(attachment.key)
        except FileNotFoundError as problem:
            raise Http404 from problem
        looked_at(request, "attachment.downloaded", on=attachment, kind=attachment.kind, bytes=attachment.size)
        response = FileResponse(file, content_type=_content_type(attachment.kind))
        response["Content-Length"] = str(attachment.size)
        response["Content-Disposition"] = content_disposition_header(True, attachment.name)
        response["Content-Security-Policy"] = SANDBOX
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def _content_type(kind: str) -> str:
    # a text's encoding is for whoever opens it to find out: cp932 and UTF-8 are both taken
    return KINDS[kind].content_type


class AttachmentRemoval(OneAttachment):
    """POST attachments/<pk>/removal/: take a file away."""

    permission = Permission.LOG_CONSULTATION

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        attachment = self.attachment(pk)
        attachments.remove(attachment=attachment, by=self.person, at=timezone.now())
        messages.success(request, _("添付ファイルを削除しました。"))
        return redirect(f"{attachment.consultation.get_absolute_url()}#attachments")
