"""The editor's form: a title and any number of blocks, each with the options of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.errors import Unreadable
from foundation.fields import CleanCharField
from foundation.periods import Month
from reports.actions.compositions import MOST_BLOCKS, Piece
from reports.choices import BlockKind
from reports.composing.kinds import Kind, Lists
from reports.composing.sections import KINDS
from reports.models import Block, Composition
from reports.models.compositions import LONGEST_HEADING, LONGEST_TEXT

_OPTION = "option_"


class StartForm(forms.Form):
    """A month, a title, and whether to start from the last report."""

    month = forms.ChoiceField(label=_("対象月"))
    title = CleanCharField(label=_("表題"), max_length=LONGEST_HEADING)
    copied = forms.BooleanField(label=_("前の報告の構成と文章を引き継ぐ"), required=False)

    def __init__(self, *args: Any, months: Sequence[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(str(month), f"{month.year}-{month.number:02d}") for month in months]  # type: ignore[attr-defined]

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"])
        except Unreadable:
            raise forms.ValidationError(_("月を選んでください。")) from None


class TitleForm(forms.Form):
    """What stands above the blocks; `revision` is the one that was opened."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    blocks = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_BLOCKS)
    title = CleanCharField(label=_("表題"), max_length=LONGEST_HEADING)


class BlockForm(forms.Form):
    """One block. Its kind never changes: another kind is another block."""

    kind = forms.ChoiceField(choices=BlockKind.choices, widget=forms.HiddenInput)
    heading = CleanCharField(label=_("見出し"), max_length=LONGEST_HEADING, required=False)
    text = CleanCharField(
        label=_("文章"), max_length=LONGEST_TEXT, required=False, multiline=True,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: Kind, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = kind
        if kind.kind != BlockKind.WORDS:
            self.fields["heading"].help_text = _("空けておくと、条件に合わせた見出しになります。")
        for option in kind.options:
            self.fields[_OPTION + option.name] = forms.ChoiceField(
                label=str(option.label), choices=option.choices(lists)
            )

    @property
    def option_fields(self) -> list[forms.BoundField]:
        return [self[_OPTION + option.name] for option in self.about.options]

    def piece(self) -> Piece:
        """What was chosen and written. For valid forms only."""
        values = self.cleaned_data
        options = {option.name: values[_OPTION + option.name] for option in self.about.options}
        return Piece(self.about.kind, values["heading"], options, values["text"])

    def typed(self) -> tuple[str, str]:
        """Heading and text as they were sent, valid or not."""
        return tuple(str(self.data.get(self.add_prefix(name), "")) for name in ("heading", "text"))  # type: ignore[return-value]


class Manuscript:
    """The whole editor: its title form and its block forms in order."""

    def __init__(self, title: TitleForm, blocks: list[BlockForm], lists: Lists) -> None:
        self.title, self.blocks, self.lists = title, blocks, lists

    @classmethod
    def of(cls, composition: Composition, blocks: Sequence[Block], lists: Lists) -> Manuscript:
        """As it is kept."""
        values = {"revision": composition.revision, "blocks": len(blocks), "title": composition.title}
        return cls(TitleForm(initial=values), [_kept(n, block, lists) for n, block in enumerate(blocks)], lists)

    @classmethod
    def sent(cls, posted: Any, lists: Lists) -> Manuscript:
        """As it was typed. Blocks of a kind that is none are left out, and the form is refused."""
        title = TitleForm(posted)
        count = title.cleaned_data.get("blocks") or 0 if title.is_valid() or "blocks" in title.cleaned_data else 0
        kinds = [posted.get(f"block-{n}-kind", "") for n in range(count)]
        blocks = [
            BlockForm(posted, prefix=f"block-{n}", kind=KINDS[BlockKind(kind)], lists=lists)
            for n, kind in enumerate(kinds)
            if kind in BlockKind.values
        ]
        if len(blocks) < count:
            title.add_error(None, _("ブロックの種類が正しくありません。画面を開き直してください。"))
        return cls(title, blocks, lists)

    @property
    def forms(self) -> list[forms.Form]:
        return [self.title, *self.blocks]

    def is_valid(self) -> bool:
        return len([form for form in self.forms if form.is_valid()]) == len(self.forms)  # each shows its errors

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(where, what) of everything that is wrong, for the summary on top; `where` is a field's id, or nothing."""
        return [
            (form[name].id_for_label if name != "__all__" else "", str(error))
            for form in self.forms
            for name, errors in form.errors.items()
            for error in errors
        ]

    def pieces(self) -> list[Piece]:
        return [form.piece() for form in self.blocks]


def _kept(n: int, block: Block, lists: Lists) -> BlockForm:
    kind = KINDS[BlockKind(block.kind)]
    options = {_OPTION + name: value for name, value in kind.complete(block.options).items()}
    initial = {"kind": block.kind, "heading": block.heading, "text": block.text} | options
    return BlockForm(prefix=f"block-{n}", kind=kind, lists=lists, initial=initial)
