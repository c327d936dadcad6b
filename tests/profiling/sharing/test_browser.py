"""Who outside sees a study, and what they see, in a real browser: accessible and as wide as the screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.accounts.services.invitations import Invited, invitation_send
from profiling.sharing.services import study_remark, study_share
from profiling.sharing.services_specialists import specialist_admit
from profiling.studies.models import Study, StudyRun
from tests.ui.axe import axe_violations

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [(375, "dark", "fr"), (1280, "light", "en")]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_study_with_specialists_is_accessible_to_its_owner_and_to_them(
    width: int, theme: str, language: str, administrator: Actor, browse: Any
) -> None:
    with as_system("a test") as system:
        study = Study.objects.create(kind="ranking", title="West", parameters={}, last_number=1)
        StudyRun.objects.create(
            study=study, number=1, parameters={"values": {}, "filters": {}}, code_version="0", finished_at=timezone.now()
        )
        iva, nils = (
            member_add(
                actor=system, email=f"{name.split()[0].lower()}@outside.example", name=name, roles=[Role.SPECIALIST],
                password="correct horse battery",
            )
            for name in ("Iva Nováková", "Nils Berg")
        )  # fmt: skip
    until = timezone.now() + timedelta(days=9)
    with as_role(administrator):
        study_share(actor=administrator, study_id=study.pk)
        specialist_admit(actor=administrator, study_id=study.pk, person_id=iva.pk, until=until)
        invited = Invited(
            email="ann@outside.example", name="Ann Ek", roles=[Role.SPECIALIST], study_ids=[study.pk], studies_until=until
        )
        invitation_send(actor=administrator, invited=invited)
    with as_sign_in():
        reader = actor_of_user(User.objects.get(email="iva@outside.example"))
    with as_role(reader):
        study_remark(actor=reader, study_id=study.pk, text="The first was sold in May.")
    for who, path in (
        (administrator, f"/studies/{study.public_id}/specialists"),
        (reader, f"/shared-studies/{study.public_id}"),
    ):
        page = browse(who, path, width=width, theme=theme, language=language)
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert (nils.name in page.content()) is (who is administrator)
        assert page.complaints == []
