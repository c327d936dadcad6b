"""What a service refuses is shown where it was typed."""

from __future__ import annotations

from django import forms

from prm.core.errors import Conflict, Fault, Invalid
from prm.ui.forms import RefusableForm


class _Visit(RefusableForm):
    place = forms.CharField(required=False)
    due_on = forms.CharField(required=False)


class _Called(_Visit):
    called = {"due_at": "due_on"}


def test_a_refusal_is_shown_at_its_field() -> None:
    form = _Visit({})
    form.add_refusal(Invalid("unknown", "There is no such place.", field="place"))
    assert dict(form.errors) == {"place": ["There is no such place."]}


def test_every_fault_of_a_record_is_shown_and_what_has_no_field_stands_above() -> None:
    form = _Visit({})
    told = [
        Fault("place", "Too long."),
        Fault("place", "No place."),
        Fault("shoe_size", "Not a size."),
        Fault(None, "Not today."),
    ]
    form.add_refusal(Invalid("invalid", "Too long.", field="place", faults=told))
    assert dict(form.errors) == {"place": ["Too long.", "No place."], "__all__": ["Not a size.", "Not today."]}


def test_a_field_that_the_service_calls_otherwise_is_found() -> None:
    form = _Called({})
    form.add_refusal(Conflict("late", "This day is over.", field="due_at"))
    assert dict(form.errors) == {"due_on": ["This day is over."]}


def test_what_comes_of_a_field_at_fault_is_not_told_beside_it() -> None:
    form = _Visit({})
    form.add_error("due_on", "This is no date.")
    told = [
        Fault("place", "Say where or when.", about=("place", "due_on")),
        Fault("due_on", "Fill this in."),
        Fault("place", "No place."),
    ]
    form.add_refusal(Invalid("invalid", "Say where or when.", faults=told))
    assert dict(form.errors) == {"due_on": ["This is no date."], "place": ["No place."]}
