"""What a service refuses is shown where it was typed."""

from __future__ import annotations

from django import forms

from prm.core.errors import Conflict, Invalid
from prm.ui.forms import RefusableForm


class _Visit(RefusableForm):
    place = forms.CharField(required=False)
    due_on = forms.CharField(required=False)


def test_a_refusal_is_shown_at_its_field() -> None:
    form = _Visit({})
    form.add_refusal(Invalid("unknown", "There is no such place.", field="place"))
    assert dict(form.errors) == {"place": ["There is no such place."]}


def test_every_fault_of_a_record_is_shown_and_what_has_no_field_stands_above() -> None:
    form = _Visit({})
    told = [("place", "Too long."), ("place", "Not a place."), ("shoe_size", "Not a size."), (None, "Not today.")]
    form.add_refusal(Invalid("invalid", "Too long.", field="place", errors=told))
    assert dict(form.errors) == {"place": ["Too long.", "Not a place."], "__all__": ["Not a size.", "Not today."]}


def test_a_field_that_the_service_calls_otherwise_is_found() -> None:
    form = _Visit({})
    form.add_refusal(Conflict("late", "This day is over.", field="due_at"), names={"due_at": "due_on"})
    assert dict(form.errors) == {"due_on": ["This day is over."]}
