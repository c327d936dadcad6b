"""What forms of all features have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from prm.core.errors import Conflict, DomainError, Invalid


class RefusableForm(forms.Form):
    """A form that shows what a service refused where it was typed."""

    #: Fields that the service calls otherwise: its name → the form's.
    called: Mapping[str, str] = {}
    #: Fields that say on which state of a record the form was opened; what it showed then is kept beside (``opened``).
    states = ("version", "seen")
    #: What a page answers with after ``taken_by`` said no.
    status = 422

    def taken_by(self, act: Callable[[], Any]) -> bool:
        """Whether ``act`` took what the form holds; what it refused stands at its fields.

        Where fields have faults, ``act`` is tried with the others (what cannot be read is not known) and undone, so that everything
        that is wrong is told at once.
        """
        is_sound = self.is_valid()
        try:
            with transaction.atomic():
                act()
                if not is_sound:
                    raise _OnlyTried
        except _OnlyTried:
            return False
        except (Invalid, Conflict) as refusal:
            self.add_refusal(refusal)
            if refusal.code == "stale_edit":
                self._follow()
            self.status = refusal.status if is_sound else 422
            return False
        except Exception:
            # What else befalls an act that lacks what could not be read comes of that.
            if is_sound:
                raise
            return False
        return True

    def typed(self, name: str) -> Any:
        """What was typed in a field: None where it is empty or cannot be read."""
        value = self.cleaned_data.get(name)
        return None if value == "" else value

    def add_refusal(self, refusal: DomainError) -> None:
        """Puts each message at its field, or above the form; not what comes of a field that has a fault already."""
        faulty = set(self.errors)
        for fault in refusal.faults:
            name = self.called.get(fault.field or "", fault.field)
            if fault.is_beside(faulty):
                self.add_error(name if name in self.fields else None, str(fault.message))

    @property
    def opened(self) -> str:
        """What the form showed when it was opened, for a hidden field of that name; "" for what is not opened on a state of a record."""
        if not self._states():
            return ""
        return self.data.get("opened", "") if self.is_bound else json.dumps(self._now())

    def _states(self) -> list[str]:
        return [name for name in self.states if name in self.fields and self.initial.get(name)]

    def _now(self) -> dict[str, str | list[str]]:
        return {field.name: _plain(field.field, field.initial) for field in self.visible_fields()}

    def _follow(self) -> None:
        """After a stale edit: what was not touched here follows what is there now; what was stays, with what is there now beside it.
        Sent again, the form is one of the state that is there now."""
        try:
            opened = json.loads(self.data.get("opened", ""))
        except ValueError:
            return
        if not isinstance(opened, dict):  # nobody's form sends that
            return
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        now = self._now()
        for name, value in now.items():
            field = self.fields[name]
            typed = _plain(field, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))
            if value in (opened.get(name), typed):
                continue
            if typed == opened.get(name):
                data.setlist(self.add_prefix(name), value if isinstance(value, list) else [value])
                continue
            said = ", ".join(_said(field, one) for one in ([value] if isinstance(value, str) else value)) or _("empty")
            self.add_error(name, _("Meanwhile: %(value)s. Save again to put yours in its place.") % {"value": said})
        for name in self._states():
            data[self.add_prefix(name)] = str(self.initial[name])
        data["opened"] = json.dumps(now)
        self.data = data


def _plain(field: forms.Field, value: Any) -> str | list[str]:
    """A value as the form's control shows it and sends it."""
    if isinstance(value, bool):
        return "on" if value else ""
    shown = field.widget.format_value(field.prepare_value(value))
    if isinstance(field, forms.MultipleChoiceField):
        return sorted(str(one) for one in shown or [])
    one = shown[0] if isinstance(shown, list) and shown else shown
    return "" if one in (None, []) else str(one).strip().replace("\r\n", "\n")


def _said(field: forms.Field, value: str) -> str:
    """A value in words: of a choice its label."""
    choices: Any = getattr(field, "choices", ())
    return str(dict(choices).get(value, value))


class _OnlyTried(Exception):
    """Undoes what was only tried."""
