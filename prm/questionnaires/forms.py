"""What the builder's form says, read into questions; and a questionnaire's frame. What is wrong is refused by the rules, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.core.days import end_of
from prm.core.translated import TranslatedFormField, known_languages
from prm.questionnaires.models import Purpose
from prm.questionnaires.rules.document import Condition, Kind, Option, Question, Relation
from prm.questionnaires.rules.edit import free_option
from prm.ui.forms import RefusableForm

#: Conditions that the form offers; empty ones are left out.
CONDITIONS = 3


class FrameForm(forms.Form):
    """Title, purpose, languages, anonymity."""

    title = TranslatedFormField(label=_("Title"), max_length=200)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices, widget=forms.RadioSelect)
    languages = forms.MultipleChoiceField(
        label=_("Languages of the readers"),
        choices=lambda: [(code, code.upper()) for code in known_languages()],
        widget=forms.CheckboxSelectMultiple,
    )
    is_anonymous = forms.BooleanField(label=_("Anonymous: nothing leads from an answer to who gave it"), required=False)


class SendForm(RefusableForm):
    """The terms of a round."""

    called = {"due_at": "due_on"}

    name = forms.CharField(label=_("Name of the round"), required=False, max_length=120)
    due_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reminder_days = forms.CharField(label=_("Reminders, days before"), required=False, max_length=40, initial="7, 1")
    message = TranslatedFormField(label=_("A word from you"), required=False, max_length=1000, rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        first = {"due_on": (timezone.localdate() + timedelta(days=14)).isoformat()}
        super().__init__(*args, **{**options, "initial": {**first, **(options.get("initial") or {})}})

    def clean_reminder_days(self) -> list[int]:
        """Whole days, largest first."""
        parts = self.cleaned_data["reminder_days"].replace(";", ",").replace(" ", ",").split(",")
        days = [part for part in parts if part]
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in days):
            raise forms.ValidationError(_("Give whole days, such as 7, 1."))
        return sorted({int(part) for part in days}, reverse=True)

    @property
    def due_at(self) -> datetime:
        """The end of the last day by the vendor's clock."""
        return end_of(self.cleaned_data["due_on"])


def texts(sent: QueryDict, name: str) -> dict[str, str]:
    """A text by language: ``name_en``, ``name_fr``."""
    return {code: text for code in known_languages() if (text := sent.get(f"{name}_{code}", "").strip())}


def question_of(sent: QueryDict, old: Question) -> Question:
    """The question as the form says it; what the form does not ask for stays as it is."""
    kind = sent.get("kind", old.kind)
    if {kind, old.kind} - {Kind.ONE, Kind.MANY}:
        kind = old.kind
    changes: dict[str, Any] = {
        "kind": kind,
        "text": texts(sent, "text"),
        "help": texts(sent, "help"),
        "is_required": "is_required" in sent,
        "weight": _number(sent.get("weight"), old.weight),
        "fact": sent.get("fact", old.fact)[:60],
        "match": "any" if sent.get("match") == "any" else "all",
        "when": _conditions(sent),
    }
    if kind in {Kind.ONE, Kind.MANY}:
        changes["options"] = _options(sent, "option", old.options)
    if kind == Kind.MATRIX:
        changes["rows"] = _options(sent, "row", old.rows)
    if kind in {Kind.SCALE, Kind.MATRIX}:
        changes |= {
            "low_text": texts(sent, "low_text"),
            "high_text": texts(sent, "high_text"),
            "is_reversed": "is_reversed" in sent,
        }
    if kind in {Kind.SCALE, Kind.MATRIX, Kind.NUMBER}:
        changes |= {"low": _number(sent.get("low"), None), "high": _number(sent.get("high"), None)}
    if kind == Kind.NUMBER:
        decimals = sent.get("decimals", "0")
        changes |= {
            "unit": sent.get("unit", "").strip()[:12],
            "decimals": int(decimals) if decimals in {"0", "1", "2"} else 0,
        }
    if kind == Kind.TEXT:
        changes["is_long"] = "is_long" in sent
    return replace(old, **changes)


def _options(sent: QueryDict, name: str, old: Sequence[Option]) -> tuple[Option, ...]:
    """The options in the order of the form: one without words goes, a new one gets a key of its own. ``up`` names one to go up."""
    found: list[Option] = []
    known = {option.key for option in old}
    for at in range(60):
        if f"{name}.{at}.key" not in sent:
            break
        words, key = texts(sent, f"{name}.{at}.text"), sent.get(f"{name}.{at}.key", "")
        if not words:
            continue
        key = key if key in known else free_option([*old, *found], name[0])
        found.append(Option(key, words, _number(sent.get(f"{name}.{at}.points"), None)))
    go = sent.get("go", "")
    if go.startswith(f"up.{name}."):
        at = next((n for n, option in enumerate(found) if option.key == go.rpartition(".")[2]), 0)
        if at > 0:
            found[at - 1], found[at] = found[at], found[at - 1]
    return tuple(found)


def _conditions(sent: QueryDict) -> tuple[Condition, ...]:
    """Statements such as ``q1|is|o2`` (an answer) or ``q3|at_least`` with a value beside."""
    found = []
    for at in range(CONDITIONS):
        parts = sent.get(f"when.{at}", "").split("|")
        if len(parts) == 3:
            found.append(Condition(parts[0], parts[1], parts[2]))
        elif len(parts) == 2:
            value = sent.get(f"when.{at}.value", "").strip().replace(",", ".")[:40]
            is_plain = parts[1] in {Relation.ANSWERED, Relation.NOT_ANSWERED}
            found.append(Condition(parts[0], parts[1], "" if is_plain else value))
    return tuple(found)


def _number(text: str | None, default: Any) -> Any:
    try:
        number = float((text or "").replace(",", ".").replace("\u00a0", "").replace("\u202f", "").replace(" ", ""))
    except ValueError:
        return default if text is None else (None if default is None else default)
    return int(number) if number == int(number) and abs(number) < 1e12 else number
