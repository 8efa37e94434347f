"""Files that are attached to a consultation, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from consultations.choices import AttachmentKind
from foundation.files import SUFFIXES, NotTaken, clean_name, kind_of

MOST_AT_ONCE = 10

_REFUSED = {
    "unknown": _(
        "「%(name)s」は添付できない種類のファイルです。PDF、画像(PNG・JPEG・HEIC)、Word・Excel・PowerPoint(docx・xlsx・pptx)、"
        "テキスト・CSVを添付できます。"
    ),
    "macros": _("「%(name)s」にはマクロが含まれています。マクロのない形式で保存し直してください。"),
    "encrypted": _(
        "「%(name)s」は古い形式か、パスワード付きのOfficeファイルです。docx・xlsx・pptxかPDFで保存し直してください。"
    ),
    "suspicious": _("「%(name)s」は壊れているか、安全でない内容を含むため、添付できません。"),
    "mismatch": _("「%(name)s」の中身は%(kind)sです。ファイル名の末尾(拡張子)を確かめてください。"),
}


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes more than one."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each as (file, name, kind). Raises ValidationError with one message for each that is refused."""

    widget = SeveralFiles

    def clean(self, value: Any, initial: Any = None) -> Any:
        files = [file for file in (value if isinstance(value, list | tuple) else [value]) if file]
        if not files and self.required:
            raise ValidationError(_("ファイルを選んでください。"))
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(_("一度に添付できるのは%(n)d個までです。"), params={"n": MOST_AT_ONCE})
        problems: list[Any] = []
        taken = []
        for file in files:
            try:
                taken.append(_checked(file))
            except ValidationError as problem:
                problems.append(problem)
        if problems:
            raise ValidationError(problems)
        return taken


def _checked(file: UploadedFile) -> tuple[UploadedFile, str, str]:
    name = clean_name(file.name or "")
    if not file.size:
        raise ValidationError(_("「%(name)s」は空のファイルです。"), params={"name": name})
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise ValidationError(
            _("「%(name)s」は大きすぎます。1つのファイルは%(most)sまでです。"), params={"name": name, "most": most}
        )
    try:
        return file, name, kind_of(file, name)
    except NotTaken as problem:
        kind = AttachmentKind(problem.kind).label if problem.kind else ""
        raise ValidationError(_REFUSED[problem.code], params={"name": name, "kind": kind}) from problem


class AttachmentForm(forms.Form):
    """Files for a consultation that has `held` already."""

    files = FilesField(label=_("ファイルを添付"))  # type: ignore[assignment]

    def __init__(self, *args: Any, held: int, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        field = self.fields["files"]
        field.required = required
        field.widget.is_required = required
        field.widget.attrs["accept"] = ",".join(SUFFIXES)
        field.help_text = _("PDF・画像・Word・Excel・PowerPoint・テキスト・CSV。1つ%(most)sまで。") % {
            "most": filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        }

    def clean_files(self) -> Any:
        files = self.cleaned_data["files"]
        if self.held + len(files) > settings.ATTACHMENTS_PER_CONSULTATION:
            raise ValidationError(
                _("1件の相談に添付できるのは%(n)d個までです。"), params={"n": settings.ATTACHMENTS_PER_CONSULTATION}
            )
        return files
