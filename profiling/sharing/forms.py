"""Forms about who outside sees a study."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.core.days import end_of
from prm.ui.forms import RefusableForm


class AdmitForm(RefusableForm):
    """A specialist, and until when they see the study."""

    called = {"until": "until_on"}

    person = forms.ChoiceField(label=_("Specialist"))
    until_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: without end."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].choices = list(people)  # type: ignore[attr-defined]

    @property
    def until(self) -> datetime | None:
        """The end of the last day by the vendor's clock."""
        day = self.cleaned_data["until_on"]
        return end_of(day) if day else None
