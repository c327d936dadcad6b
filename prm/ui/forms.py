"""What forms of all features have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import transaction

from prm.core.errors import Conflict, DomainError, Invalid


class RefusableForm(forms.Form):
    """A form that shows what a service refused where it was typed."""

    #: Fields that the service calls otherwise: its name → the form's.
    called: Mapping[str, str] = {}
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


class _OnlyTried(Exception):
    """Undoes what was only tried."""
