"""Outside specialists (P10): what was shared with them works, and nothing else is reachable or named, by either wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.access.rowsecurity import managed_tables
from prm.accounts.models import StudyPass, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.core.errors import Conflict, Denied, NotFound
from prm.core.tables import TableClass
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all
from prm.partners.models import Company
from profiling.sharing.models import PublishedRow, Remark
from profiling.sharing.services import REMARKS, study_remark, study_share, study_unshare
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.services import study_archive
from tests.together import at_once

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]
TABLES = {"profiling_publication", "profiling_publishedrow", "profiling_remark"}


def study(title: str, *names: str) -> Study:
    """A study with a finished run that kept companies of these names."""
    with as_system("a test"):
        made = Study.objects.create(kind="ranking", title=title, parameters={}, last_number=1)
        run = StudyRun.objects.create(
            study=made,
            number=1,
            parameters={"values": {}, "filters": {}},
            code_version="0",
            finished_at=timezone.now(),
            kept_count=len(names),
        )
        for rank, name in enumerate(names, 1):
            company = Company.objects.create(name=name, country="FR")
            RunResult.objects.create(
                run=run,
                company=company,
                rank=rank,
                row=rank,
                known_share=0.5,
                p10=Decimal(1),
                p50=Decimal(1_234),
                p90=Decimal(2_000),
            )
    return made


@pytest.fixture
def west() -> Study:
    return study("Who is alike in the west", "Kerlan Systèmes", "=Roscoff Net")


@pytest.fixture
def east() -> Study:
    return study("Growth in the east", "Ostrava Net")


def invited(*studies: Study, name: str = "Iva Nováková", until: int = 9) -> Actor:
    """A specialist invited to these for so many days; as its actor."""
    with as_system("a test") as actor:
        person = member_add(
            actor=actor,
            email=f"{name.split(maxsplit=1)[0].lower()}@outside.example",
            name=name,
            roles=[Role.SPECIALIST],
            password=None,
        )
    with as_sign_in():
        for one in studies:
            valid_until = timezone.now() + timedelta(days=until)
            StudyPass.objects.create(user_id=person.user_id, study_id=one.pk, valid_until=valid_until)
        return actor_of_user(User.objects.get(pk=person.user_id))


def share(actor: Actor, *studies: Study) -> None:
    with as_role(actor):
        for one in studies:
            study_share(actor=actor, study_id=one.pk)


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return b"".join(answer.streaming_content).decode("utf-8-sig") if answer.streaming else answer.content.decode()


def test_a_specialist_comes_home_to_what_was_shared_of_its_studies(
    manager: Actor, client_of: ClientOf, west: Study, east: Study
) -> None:
    share(manager, west, east)
    client = client_of(invited(west))
    assert client.get("/").headers["Location"] == "/shared-studies"
    home = shown(client, "/shared-studies")
    assert west.title in home
    for hidden in (east.title, "Ostrava", 'href="/companies', 'href="/studies', "data-palette", 'href="/notifications'):
        assert hidden not in home, hidden


def test_the_answer_names_its_companies_and_leads_nowhere_else(manager: Actor, client_of: ClientOf, west: Study) -> None:
    share(manager, west)
    client = client_of(invited(west))
    page = shown(client, f"/shared-studies/{west.public_id}")
    assert "Kerlan Systèmes" in page
    assert "1,234<" in page
    assert "1,234.00" not in page
    assert "False" not in page
    assert "50" in page
    for hidden in ('href="/companies', f'href="/studies/{west.public_id}', "Stop sharing", "company_0"):
        assert hidden not in page, hidden
    found = shown(client, f"/shared-studies/{west.public_id}?q=roscoff")
    assert "Roscoff Net" in found
    assert "Kerlan Systèmes" not in found


def test_on_a_phone_a_company_of_the_answer_is_its_name_its_figure_and_what_stands_beside(
    manager: Actor, client_of: ClientOf, west: Study
) -> None:
    share(manager, west)
    page = shown(client_of(invited(west)), f"/shared-studies/{west.public_id}")
    row = page[page.index("<tbody>") : page.index("</tr>", page.index("<tbody>"))]
    assert '<td class=" p-name"><b>Kerlan Systèmes</b></td>' in row
    assert '<td class="num p-figure">1,234</td>' in row
    assert row.count("p-meta") == 2


def test_the_file_holds_the_same_rows_harmless_and_taking_it_is_noted(
    manager: Actor, client_of: ClientOf, west: Study
) -> None:
    share(manager, west)
    file = shown(client_of(invited(west)), f"/shared-studies/{west.public_id}/file?format=csv")
    assert "Kerlan Systèmes" in file
    assert "'=Roscoff Net" in file
    assert "company_" not in file
    with as_system("a test"):
        noted = OutboxEvent.objects.get(type="profiling.shared_file_taken", subject_id=west.pk)
    assert noted.actor_kind == ActorKind.SPECIALIST


@pytest.mark.parametrize("path", ["", "/file", "?q=ostrava"])
def test_a_study_that_one_was_not_invited_to_is_not_there(
    manager: Actor, client_of: ClientOf, west: Study, east: Study, path: str
) -> None:
    share(manager, west, east)
    client = client_of(invited(west))
    assert "Ostrava" not in shown(client, f"/shared-studies/{east.public_id}{path}", 404)
    assert client.post(f"/shared-studies/{east.public_id}/remarks", {"text": "x"}).status_code == 404


def test_without_the_first_wall_the_database_gives_a_specialist_its_studies_alone(
    manager: Actor, west: Study, east: Study
) -> None:
    share(manager, west, east)
    reader = invited(west)
    reached = {}
    for table in managed_tables():
        if table.kind in {TableClass.INFRASTRUCTURE, TableClass.REFERENCE}:
            continue
        try:
            with as_role(reader), connection.cursor() as cursor:
                cursor.execute(f'SELECT count(*) FROM "{table.name}"')
                reached[table.name] = cursor.fetchone()[0]
        except DatabaseError:
            continue
    assert reached == {"profiling_publication": 1, "profiling_publishedrow": 2, "profiling_remark": 0}
    with as_role(reader):
        assert set(PublishedRow.objects.values_list("study_id", flat=True)) == {west.pk}
        for wrong in (east.pk, west.pk):
            with pytest.raises(DatabaseError), transaction.atomic():
                PublishedRow.objects.create(study_id=wrong, rank=99, values=[])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Remark.objects.create(study_id=east.pk, author="Iva", text="x")


def test_without_the_second_wall_the_application_does(manager: Actor, west: Study, east: Study) -> None:
    share(manager, west, east)
    reader = invited(west)
    with as_system("the first wall alone"):
        assert {row.study_id for row in PublishedRow.objects.visible_to(reader)} == {west.pk}
        with pytest.raises(NotFound):
            study_remark(actor=reader, study_id=east.pk, text="x")


def test_what_a_specialist_remarks_is_read_by_the_vendor_and_stands_in_the_studys_history(
    manager: Actor, client_of: ClientOf, west: Study
) -> None:
    share(manager, west)
    client = client_of(invited(west))
    url = f"/shared-studies/{west.public_id}"
    assert client.post(f"{url}/remarks", {"text": "  "}).status_code == 422
    assert client.post(f"{url}/remarks", {"text": "Kerlan is <b>sold</b>"}).status_code == 302
    page = shown(client_of(manager), url)
    assert "Iva Nováková" in page
    assert "Kerlan is &lt;b&gt;sold&lt;/b&gt;" in page
    assert "remarked on the study" in shown(client_of(manager), f"/history/{west.public_id}")


def test_an_invitation_that_ran_out_opens_nothing(manager: Actor, client_of: ClientOf, west: Study) -> None:
    share(manager, west)
    client = client_of(invited(west, until=-1))
    assert west.title not in shown(client, "/shared-studies")
    shown(client, f"/shared-studies/{west.public_id}", 404)


def test_a_run_that_was_not_shared_is_not_seen_and_sharing_again_replaces(
    manager: Actor, client_of: ClientOf, west: Study
) -> None:
    client = client_of(invited(west))
    assert "Nothing is shared yet" in shown(client, "/shared-studies")
    shown(client, f"/shared-studies/{west.public_id}", 404)
    share(manager, west)
    with as_system("a test"):
        again = StudyRun.objects.create(
            study=west, number=2, parameters={"values": {}, "filters": {}}, code_version="0", finished_at=timezone.now()
        )
        company = Company.objects.create(name="Brest Cloud", country="FR")
        RunResult.objects.create(run=again, company=company, rank=1, row=1, known_share=1)
    assert "Brest Cloud" not in shown(client, f"/shared-studies/{west.public_id}")
    share(manager, west)
    page = shown(client, f"/shared-studies/{west.public_id}")
    assert "Brest Cloud" in page
    assert "Kerlan" not in page


@pytest.mark.parametrize("end", ["unshare", "archive"])
def test_what_is_taken_away_or_archived_is_gone_for_specialists(
    manager: Actor, client_of: ClientOf, west: Study, end: str
) -> None:
    share(manager, west)
    with as_role(manager):
        (study_unshare if end == "unshare" else study_archive)(actor=manager, study_id=west.pk)
    deliver_all()
    client = client_of(invited(west))
    assert west.title not in shown(client, "/shared-studies")
    shown(client, f"/shared-studies/{west.public_id}", 404)
    with as_system("a test"):
        assert not PublishedRow.objects.filter(study_id=west.pk).exists()
    if end == "archive":
        with as_role(manager), pytest.raises(Conflict):
            study_share(actor=manager, study_id=west.pk)


def test_who_only_reads_studies_shares_none(make_member: Callable[..., Actor], client_of: ClientOf, west: Study) -> None:
    reader = make_member(Role.PROGRAMME_MANAGER, name="Pia Lund")
    with as_role(reader), pytest.raises(Denied):
        study_share(actor=reader, study_id=west.pk)
    assert client_of(reader).post(f"/studies/{west.public_id}/share", {"run": 1}).status_code == 403
    assert shared_of(west.pk) == 0


def test_the_menu_of_a_study_shows_the_run_to_specialists(manager: Actor, client_of: ClientOf, west: Study) -> None:
    client = client_of(manager)
    answer = client.post(f"/studies/{west.public_id}/share", {"run": 1})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/shared-studies/{west.public_id}")
    assert "Stop sharing" in shown(client, f"/shared-studies/{west.public_id}")
    assert shared_of(west.pk) == 2


def shared_of(study_id: UUID) -> int:
    with as_system("a test"):
        return PublishedRow.objects.filter(study_id=study_id).count()


def test_nobody_writes_the_remarks_of_others_away(manager: Actor, west: Study, client_of: ClientOf) -> None:
    with as_role(manager):
        study_share(actor=manager, study_id=west.pk)
    client, page = client_of(invited(west)), f"/shared-studies/{west.public_id}/remarks"
    sent = [client.post(page, {"text": f"Again {number}"}).status_code for number in range(REMARKS.most + 2)]
    assert sent == [302] * REMARKS.most + [422] * 2
    assert "Again 31" in client.post(page, {"text": "Again 31"}).content.decode(), "what was written is not lost"
    assert client_of(manager).post(page, {"text": "Mine"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_several_who_share_a_study_at_once_share_it_one_after_the_other(manager: Actor, west: Study) -> None:
    def share() -> int:
        with as_role(manager):
            return study_share(actor=manager, study_id=west.pk).rows_count

    assert at_once(share) == [2, 2, 2, 2]
    with as_system("a test"):
        assert PublishedRow.objects.filter(study=west).count() == 2
