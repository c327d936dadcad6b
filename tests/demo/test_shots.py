"""``make shots``: every page that is to be photographed has an address, or says that there is nothing to show yet."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve
from django.utils.module_loading import autodiscover_modules

from prm.access.actors import Role
from prm.access.roles import as_role
from prm.ui.shots import Shot, shots

pytestmark = pytest.mark.django_db
autodiscover_modules("shots")


@pytest.mark.parametrize("shot", [shot for shot in shots if callable(shot.address)], ids=lambda shot: shot.name)
def test_a_page_without_data_is_left_out_and_others_have_an_address(shot: Shot, make_member: Any) -> None:
    actor = make_member(Role.ADMINISTRATOR)
    assert callable(shot.address)
    with as_role(actor):
        path = shot.address(actor)
    assert path is None or resolve(path.partition("?")[0]).url_name
