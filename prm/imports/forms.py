"""Forms of the import wizard. They read and check; what they mean is the services' matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.core.currencies import CODES
from prm.imports.models import DuplicatePolicy, ImportBatch
from prm.imports.rules.encoding import ENCODINGS
from prm.imports.services import EXTENSIONS
from prm.imports.targets import ImportTarget
from prm.ui.forms import RefusableForm

DELIMITER_LABELS = [(",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Vertical bar"))]
#: What the amounts of a column may be written in: the word that ``import_map`` reads, its label, what it multiplies by.
UNITS = [
    ("1", _("as written"), 1), ("k", _("in thousands"), 10**3), ("m", _("in millions"), 10**6), ("bn", _("in billions"), 10**9),
    ("tn", _("in trillions"), 10**12), ("lakh", _("in lakhs"), 10**5), ("crore", _("in crores"), 10**7),
]  # fmt: skip
_ENCODING_LABELS = {
    "utf-8": "UTF-8", "cp1252": _("Western (Windows-1252, Latin-1)"), "iso-8859-15": _("Western (Latin-9)"), "mac-roman": "Mac Roman",
    "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE", "cp850": "DOS 850", "cp1250": _("Central European (Windows-1250)"),
    "cp1251": _("Cyrillic (Windows-1251)"), "cp1253": _("Greek (Windows-1253)"), "cp1254": _("Turkish (Windows-1254)"),
    "shift_jis": "Shift JIS", "gb18030": "GB 18030", "big5": "Big5", "euc_kr": "EUC-KR", "utf-32-le": "UTF-32 LE", "utf-32-be": "UTF-32 BE",
}  # fmt: skip


class UploadForm(RefusableForm):
    """What the rows are, and the file."""

    target = forms.ChoiceField(label=_("What are the rows?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"), max_length=400, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)})
    )
    source = forms.CharField(
        label=_("Where does the list come from?"),
        required=False,
        max_length=100,
        help_text=_("Ids of one source never meet those of another. Without a name, the file's own is taken."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, targets: list[ImportTarget], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["target"].choices = [(target.key, target.label) for target in targets]  # type: ignore[attr-defined]
        if targets and not self.is_bound:
            self.initial.setdefault("target", targets[0].key)


class SettingsForm(forms.Form):
    """How the file is read, where the guess was wrong."""

    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[(n, _ENCODING_LABELS.get(n, n)) for n in ENCODINGS]
    )
    delimiter = forms.ChoiceField(label=_("Delimiter"), required=False, choices=DELIMITER_LABELS)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    head_row = forms.IntegerField(
        label=_("Row of the head"), required=False, min_value=0, max_value=100, help_text=_("0 when the table has none.")
    )

    def __init__(self, *args: Any, batch: ImportBatch, **options: Any) -> None:
        settings = batch.settings
        head = settings.get("head_row")
        options.setdefault("initial", {
            "encoding": settings.get("encoding"), "delimiter": settings.get("delimiter"), "sheet": settings.get("sheet"),
            "head_row": 0 if head is None else head + 1,
        })  # fmt: skip
        super().__init__(*args, **options)
        if batch.file_kind == "csv":
            del self.fields["sheet"]
            encoding = str(settings.get("encoding") or "")
            known = {value for value, _label in self.fields["encoding"].choices}  # type: ignore[attr-defined]
            if encoding not in known:
                self.fields["encoding"].choices = [*self.fields["encoding"].choices, (encoding, encoding)]  # type: ignore[attr-defined]
            delimiter = str(settings.get("delimiter") or ",")
            if delimiter not in dict(DELIMITER_LABELS):
                self.fields["delimiter"].choices = [*DELIMITER_LABELS, (delimiter, delimiter)]  # type: ignore[attr-defined]
        else:
            del self.fields["encoding"], self.fields["delimiter"]
            self.fields["sheet"].choices = [(name, name) for name in settings.get("sheets", ())]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What differs from what was detected, for ``import_settings``."""
        found: dict[str, Any] = {
            name: self.cleaned_data[name] for name in self.changed_data if self.cleaned_data.get(name) not in (None, "")
        }
        if "head_row" in found:
            found["head_row"] = found["head_row"] - 1 if found["head_row"] else None
        return found


class OptionsForm(forms.Form):
    """How rows are treated, for the whole file."""

    source = forms.CharField(label=_("Source"), max_length=100, widget=forms.TextInput(attrs={"list": "sources"}))
    as_of = forms.DateField(
        label=_("True as of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day on which the file's facts were true."),
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in sorted(CODES)], help_text=_("Of amounts that name none.")
    )

    def __init__(self, *args: Any, batch: ImportBatch, **options: Any) -> None:
        options.setdefault("initial", {"source": batch.source, "as_of": batch.as_of, "currency": batch.currency})
        super().__init__(*args, **options)


class PolicyForm(forms.Form):
    """What happens to rows whose record is known."""

    policy = forms.ChoiceField(
        label=_("Rows that are known already"), choices=DuplicatePolicy.choices, widget=forms.RadioSelect
    )


def mapping_of(data: Any, batch: ImportBatch) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """(head → field, head → chosen style) from the posted rows of the mapping table: ``field-3``, ``decimal-3``, ``unit-3`` …"""
    mapping: dict[str, str] = {}
    styles: dict[str, dict[str, Any]] = {}
    for index, column in enumerate(batch.columns):
        mapping[column["name"]] = data.get(f"field-{index}", "")
        was = column.get("style") or {}
        chosen = {
            key: value
            for key, value, allowed in (
                ("decimal_mark", data.get(f"decimal-{index}"), {",", "."}),
                ("date_order", data.get(f"order-{index}"), {"dmy", "mdy"}),
            )
            if value in allowed and (value != was.get(key) or key in was.get("unsure", ()))
        }
        scale = {unit: by for unit, _label, by in UNITS}.get(data.get(f"unit-{index}", ""))
        if scale and (scale != was.get("scale", 1) or "unit" in was.get("unsure", ())):
            chosen["unit"] = data[f"unit-{index}"]
        if chosen:
            styles[column["name"]] = chosen
    return mapping, styles
