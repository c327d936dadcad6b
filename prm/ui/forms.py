"""What forms of all features have in common."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from prm.core.errors import DomainError


class RefusableForm(forms.Form):
    """A form that shows what a service refused where it was typed."""

    def add_refusal(self, refusal: DomainError, *, names: Mapping[str, str] = {}) -> None:
        """Puts each message at its field, or above the form; ``names`` is for fields that the service calls otherwise."""
        for field, message in refusal.by_field:
            name = names.get(field or "", field)
            self.add_error(name if name in self.fields else None, str(message))
