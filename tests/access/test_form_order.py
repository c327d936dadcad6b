"""What is wrong with a form is listed in the order of its fields on the page, on every page that has a form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client

from prm.access.actors import Role
from tests.access.samples import Samples
from tests.access.test_matrix import filled, methods_of, parameters, routes

pytestmark = pytest.mark.django_db


def misplaced(form: forms.Form, page: str) -> list[str]:
    """The fields in the order in which their errors would be listed, where they stand in another one on the page."""
    where = {}
    for field in form.visible_fields():
        # A control of its own, or the first of a group of them.
        found = re.search(rf'id="{re.escape(field.auto_id)}(?:_0)?"', page)
        if found:
            where[field.name] = found.start()
    listed = list(where)
    return [] if sorted(listed, key=where.__getitem__) == listed else listed


def form_of(client: Client, url: str) -> tuple[forms.Form, str] | None:
    """The form of a page and the page, where it has one."""
    with transaction.atomic():
        answer = client.get(url)
        form = (answer.context or {}).get("form") if answer.status_code == 200 else None
        transaction.set_rollback(True)
    return (form, answer.content.decode()) if isinstance(form, forms.BaseForm) else None


def test_errors_are_listed_in_the_order_of_the_page(make_member: Any, client_of: Any, partners_side: Any) -> None:
    doors = {
        "vendor": client_of(make_member(Role.ADMINISTRATOR, name="Agnes")),
        "portal": client_of(partners_side.member(partners_side.kerlan)),
    }
    samples, asked, wrong = Samples(), set(), {}
    for name, path, pattern in routes():
        client = doors.get(name.partition(":")[0])
        if client is None or not {"GET", "POST"} <= set(methods_of(pattern)):
            continue
        values = {parameter: samples.value(name, path, parameter) for parameter in parameters(pattern, path)}
        shown = form_of(client, filled(path, values))
        if shown is not None:
            asked.add(name)
            if found := misplaced(*shown):
                wrong[name] = found
    assert {"vendor:partners:company-create", "vendor:accounts:member-add", "portal:company-edit"} <= asked
    assert not wrong, wrong


def test_it_is_noticed_where_a_form_lists_them_otherwise() -> None:
    class Mixed(forms.Form):
        last, first = forms.CharField(), forms.CharField()

    assert misplaced(Mixed(), '<input id="id_first"><input id="id_last">') == ["last", "first"]
    assert misplaced(Mixed(), '<input id="id_last"><input id="id_first">') == []
