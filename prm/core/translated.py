"""Text that people write in several languages: one JSON object by language tag, never a column a language.

The default language (``settings.LANGUAGE_CODE``) is required; whoever reads another gets it where there is one, else the default, and the
page says in which language that is (``lang``), so that it is spoken and hyphenated right::

    class Questionnaire(BaseModel):
        title = TranslatedField(max_length=200)

    said(questionnaire.title, "fr")          # Said(text="Vos besoins", language="fr", is_fallback=False)
    {{ questionnaire.title|said }}           # markup, with lang where it is a fallback
    languages_missing(texts, ["en", "fr"])   # what publishing asks for
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from prm.core.text import typed_text

Texts = Mapping[str, str]


def default_language() -> str:
    """The language that every text has."""
    return str(settings.LANGUAGE_CODE)[:2]


def known_languages() -> list[str]:
    """The languages that texts may be written in, the default one first."""
    return sorted((code for code, _name in settings.LANGUAGES), key=lambda code: (code != default_language(), code))


@dataclass(frozen=True, slots=True)
class Said:
    """A text as somebody reads it, and the language it is in."""

    text: str
    language: str
    is_fallback: bool


def said(texts: Texts | None, language: str) -> Said:
    """``texts`` in ``language``, else in the default language, else in any; an empty one in ``language`` when there is none."""
    wanted = language[:2]
    for code in (wanted, default_language(), *(texts or {})):
        text = (texts or {}).get(code, "")
        if text:
            return Said(text, code, code != wanted)
    return Said("", wanted, False)


def languages_missing(texts: Texts | None, languages: Iterable[str]) -> list[str]:
    """Those of ``languages`` in which there is no text. Of what is written in none, nothing is missing: it says nothing at all."""
    if not any((texts or {}).values()):
        return []
    return [code for code in languages if not (texts or {}).get(code, "").strip()]


def texts_of(value: Any, *, max_length: int | None = None) -> dict[str, str]:
    """``value`` as texts by language, without blanks and without what is empty. Raises ValidationError."""
    if not isinstance(value, Mapping):
        raise ValidationError(_("Texts are given by language."), code="not_texts")
    texts: dict[str, str] = {}
    for code, text in value.items():
        if code not in known_languages():
            raise ValidationError(_("There is no language %(code)s here."), code="unknown_language", params={"code": code})
        if not isinstance(text, str):
            raise ValidationError(_("A text is expected."), code="not_text")
        if max_length and len(text) > max_length:
            raise ValidationError(_("At most %(most)s characters."), code="too_long", params={"most": max_length})
        if typed_text(text):
            texts[code] = typed_text(text)
    return texts


class TranslatedField(models.JSONField):
    """A text by language. ``max_length`` holds for each of them; without ``blank`` the default language is required."""

    def __init__(self, *args: Any, max_length: int | None = None, **options: Any) -> None:
        self.text_length = max_length
        options.setdefault("default", dict)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options if self.text_length is None else {**options, "max_length": self.text_length}

    def clean(self, value: Any, model_instance: models.Model | None) -> dict[str, str]:
        """The texts, tidied. Raises ValidationError."""
        texts = texts_of(value, max_length=self.text_length)
        if not self.blank and default_language() not in texts:
            raise ValidationError(
                _("This text is needed in %(language)s."), "required", {"language": _name(default_language())}
            )
        return texts

    def formfield(self, **options: Any) -> Any:
        """A control a language, in tabs."""
        return TranslatedFormField(required=not self.blank, label=self.verbose_name, max_length=self.text_length)


class TranslatedInput(forms.Widget):
    """A control for each language, one tab each: tabs of plain HTML, so that they work without scripts. ``rows`` makes it several lines."""

    def __init__(self, attrs: Any = None, *, rows: int = 0) -> None:
        super().__init__(attrs)
        self.rows = rows

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {code: data.get(f"{name}_{code}", "") for code in known_languages()}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}_{code}" not in data for code in known_languages())

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{default_language()}" if id_ else id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        texts = value if isinstance(value, Mapping) else {}
        attrs = self.build_attrs(self.attrs, attrs)
        base = attrs.pop("id", f"id_{name}")
        more = format_html_join("", ' {}="{}"', ((key, text) for key, text in attrs.items() if text not in (None, False)))
        panes = []
        for place, code in enumerate(known_languages()):
            # The tabs belong to no form (form="-"): they are seen, not sent.
            tab = format_html(
                '<input class="lang-tab vh" type="radio" form="-" name="{0}-tab" id="{0}-tab-{1}"{2}>'
                '<label class="lang-name{3}" for="{0}-tab-{1}">{4}</label>',
                base, code, SafeString(" checked") if not place else "", "" if texts.get(code) else " empty", _name(code),
            )  # fmt: skip
            control = format_html(
                '<textarea class="in" name="{}_{}" id="{}_{}" lang="{}" rows="{}"{}>{}</textarea>'
                if self.rows
                else '<input class="in" type="text" name="{}_{}" id="{}_{}" lang="{}" data-rows="{}"{} value="{}">',
                name, code, base, code, code, self.rows, more, texts.get(code, ""),
            )  # fmt: skip
            pane = format_html(
                '{}<div class="lang-pane"><label class="vh" for="{}_{}">{}</label>{}</div>',
                tab,
                base,
                code,
                _name(code),
                control,
            )
            panes.append(pane)
        return format_html('<div class="langs">{}</div>', format_html_join("", "{}", ((pane,) for pane in panes)))


class TranslatedFormField(forms.Field):
    """Texts by language from a form; the default language is required when the field is."""

    widget = TranslatedInput

    def __init__(self, *, max_length: int | None = None, rows: int = 0, **options: Any) -> None:
        options.setdefault("widget", TranslatedInput(rows=rows))
        super().__init__(**options)
        self.max_length = max_length

    def clean(self, value: Any) -> dict[str, str]:
        texts = texts_of(value or {}, max_length=self.max_length)
        if self.required and default_language() not in texts:
            raise ValidationError(
                _("This text is needed in %(language)s."), "required", {"language": _name(default_language())}
            )
        return texts


def _name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))
