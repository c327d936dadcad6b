"""Sent, answered once, named or truly anonymous; and what a link opens."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connections, transaction
from django.utils import timezone
from PIL import Image

from prm.access.actors import Actor, ActorKind
from prm.access.roles import as_role, as_system
from prm.access.uploads import taken_file
from prm.core.errors import Conflict, Invalid, NotFound
from prm.events.models import OutboxEvent
from prm.partners.models import Company, FactProposal, Partner
from prm.questionnaires.models import AnonymousAnswer, Answer, AnswerFile, Invitation
from prm.questionnaires.respondents import digest_of, link_of
from prm.questionnaires.selectors.results import results_of
from prm.questionnaires.selectors.rounds import audience_of, invitations_waiting, round_facts
from prm.questionnaires.services.answers import answer_keep, answer_submit, file_keep, file_remove
from prm.questionnaires.services.questionnaires import questionnaire_create
from prm.questionnaires.services.rounds import drafts_forget, reminders_send, round_close, round_reopen
from tests.questionnaires.conftest import anonymous_content, open_door, tokens_of
from tests.together import at_once

pytestmark = pytest.mark.django_db

WHOLE = {"sell": "yes", "staff": "46", "rate": 9}


def answer(token: str, values: dict = WHOLE) -> None:
    """Opens a link, answers and sends."""
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers=values)
        answer_submit(actor=door.actor, door=door)


def test_people_with_an_address_of_partners_can_be_asked(manager, partners) -> None:
    with as_role(manager):
        found = audience_of(actor=manager, company_ids=[p.company_id for p in partners])
    assert [a.name for a in found.people] == [f"Person {n}" for n in range(7)]
    assert {a.language for a in found.people} == {"fr"}
    assert (found.no_partner, found.nobody) == ([], [])


def test_a_partner_whose_language_nobody_knows_is_asked_in_one_of_its_country(manager, partners) -> None:
    with as_system("a test"):
        Partner.objects.update(language=None)
        for partner, country in zip(partners, ("SN", "DE"), strict=False):
            Company.objects.filter(pk=partner.company_id).update(country=country)
    with as_role(manager):
        found = audience_of(actor=manager, company_ids=[p.company_id for p in partners])
    assert [a.language for a in found.people][:3] == ["fr", "en", "fr"]


def test_a_round_asks_each_person_once_and_says_so(manager, publish_form, send) -> None:
    round_ = send(publish_form())
    with as_role(manager):
        assert round_facts(actor=manager, ids=[round_.pk])[round_.pk].asked == 7
        types = OutboxEvent.objects.filter(type="questionnaires.invitation_sent")
        assert types.count() == 7
        assert all(set(event.data) == {"round_id", "person_id"} for event in types)


@pytest.mark.parametrize("days", [-1, 400])
def test_a_round_ends_within_a_year_from_tomorrow(publish_form, send, days) -> None:
    with pytest.raises(Invalid) as refused:
        send(publish_form(), days=days)
    assert refused.value.field == "due_at"


def test_only_what_is_published_is_sent_and_anonymous_only_to_enough_people(manager, publish_form, send, partners) -> None:
    with as_role(manager):
        draft = questionnaire_create(actor=manager, title={"en": "Draft"})
    with pytest.raises(Conflict):
        send(draft)
    with pytest.raises(Invalid) as refused:
        send(publish_form(anonymous_content(), is_anonymous=True), to=partners[:4])
    assert refused.value.field == "people"


def test_no_token_is_kept_and_none_that_is_made_up_opens(manager, publish_form, send) -> None:
    round_ = send(publish_form())
    first = tokens_of(round_)[0]
    with as_system("a test"):
        kept = Invitation.objects.get(token_digest=digest_of(first))
        assert link_of(kept) == f"/q/{first}"
        assert first not in json.dumps(list(Invitation.objects.values()), default=str)
    for wrong in (first[:-1], first + "A", kept.public_id, str(kept.pk), digest_of(first), ""):
        with pytest.raises(NotFound):
            open_door(wrong)


def test_an_answer_is_kept_as_it_is_typed_and_resumed(publish_form, send) -> None:
    token = tokens_of(send(publish_form()))[0]
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "yes", "staff": "4"})
        answer_keep(actor=door.actor, door=door, answers={"staff": None, "rate": 3})
        assert Answer.objects.visible_to(door.actor).get().values == {"sell": "yes", "rate": 3}
    assert open_door(token).invitation.state == "opened"


def test_an_answer_is_sent_once_and_never_changes(manager, publish_form, send) -> None:
    round_ = send(publish_form())
    token = tokens_of(round_)[0]
    answer(token)
    door = open_door(token)
    for act in (answer_keep, answer_submit):
        with as_role(door.actor), pytest.raises(Conflict) as refused:
            act(actor=door.actor, door=door, **({"answers": {"rate": 1}} if act is answer_keep else {}))
        assert refused.value.code == "used"
    with as_role(manager):
        [kept] = Answer.objects.visible_to(manager)
        assert kept.values == WHOLE
        assert round_facts(actor=manager, ids=[round_.pk])[round_.pk].answered == 1
    with as_system("a test"), pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(pk=kept.pk).update(values={})


def test_what_must_be_answered_is_asked_for_and_what_is_not_asked_is_dropped(manager, publish_form, send) -> None:
    token = tokens_of(send(publish_form()))[0]
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "no", "staff": "46", "rate": 3})
        with pytest.raises(Invalid) as refused:
            answer_submit(actor=door.actor, door=door)
        assert refused.value.data["missing"] == ["why"]
        answer_keep(actor=door.actor, door=door, answers={"rate": 8})
        answer_submit(actor=door.actor, door=door)
    with as_role(manager):
        assert Answer.objects.visible_to(manager).get().values == {"sell": "no", "rate": 8}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_one_is_told_that_it_was_sent(publish_form, send) -> None:
    token = tokens_of(send(publish_form()))[0]
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers=WHOLE)

    def submit() -> str:
        with as_role(door.actor):
            answer_submit(actor=door.actor, door=door)
        return "sent"

    found = [one if isinstance(one, str) else one.code for one in at_once(submit)]
    assert sorted(found) == ["sent", "used", "used", "used"]


def test_closed_and_late_rounds_take_nothing_until_they_are_opened_again(manager, publish_form, send) -> None:
    round_ = send(publish_form())
    token = tokens_of(round_)[0]
    late = timezone.now() + timedelta(days=15)
    door = open_door(token)
    with as_role(door.actor), pytest.raises(Conflict) as refused:
        answer_keep(actor=door.actor, door=door, answers=WHOLE, now=late)
    assert refused.value.code == "expired"
    with as_role(manager):
        round_close(actor=manager, round_id=round_.pk)
    with pytest.raises(Conflict) as refused:
        answer(token)
    assert refused.value.code == "closed"
    with as_role(manager):
        round_reopen(actor=manager, round_id=round_.pk, due_at=timezone.now() + timedelta(days=3))
    answer(token)


def test_who_holds_a_link_reaches_that_invitation_and_nothing_else(publish_form, send) -> None:
    round_ = send(publish_form())
    mine, other = tokens_of(round_)[:2]
    answer(other)
    door, stranger = open_door(mine), open_door(other)
    with as_role(door.actor):
        assert [i.pk for i in Invitation.objects.visible_to(door.actor)] == [door.invitation.pk]
        assert list(Answer.objects.visible_to(door.actor)) == []
        with pytest.raises(NotFound):
            answer_keep(actor=door.actor, door=stranger, answers=WHOLE)
        # And with the application's own wall gone, the database still shows that partner's rows only.
        assert {i.partner_id for i in Invitation.objects.all()} == {door.actor.partner_id}
        assert Answer.objects.count() == 0


def test_a_partners_person_sees_what_waits_for_them_and_only_that(publish_form, send) -> None:
    round_ = send(publish_form())
    door = open_door(tokens_of(round_)[0])
    person = Actor(
        kind=ActorKind.PARTNER,
        person_id=door.actor.person_id,
        partner_id=door.actor.partner_id,
        permissions=door.actor.permissions,
    )
    with as_role(person):
        [waiting] = invitations_waiting(actor=person, now=timezone.now())
        assert link_of(waiting) == f"/q/{tokens_of(round_)[0]}"
        assert invitations_waiting(actor=person, now=timezone.now() + timedelta(days=30)) == []
    answer(tokens_of(round_)[0])
    with as_role(person):
        assert invitations_waiting(actor=person, now=timezone.now()) == []


def test_a_draft_is_nobodys_but_its_writers(manager, publish_form, send) -> None:
    door = open_door(tokens_of(send(publish_form()))[0])
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "yes"})
    with as_role(manager):
        assert list(Answer.objects.visible_to(manager)) == []


def test_answers_of_mapped_questions_become_proposed_facts(manager, publish_form, send) -> None:
    answer(tokens_of(send(publish_form()))[0])
    with as_role(manager):
        [proposal] = FactProposal.objects.visible_to(manager)
        assert (proposal.field, proposal.value, proposal.source_kind, proposal.state) == (
            "employees",
            46,
            "questionnaire",
            "pending",
        )
        assert proposal.source_name == "How do you do?"


def test_an_anonymous_answer_leads_back_to_nobody(manager, publish_form, send) -> None:
    round_ = send(publish_form(anonymous_content(), is_anonymous=True))
    token = tokens_of(round_)[2]
    door = open_door(token)
    answer(token, {"sell": "no", "rate": 9})
    with as_system("a test"):
        [kept] = AnonymousAnswer.objects.all()
        assert (kept.values, kept.typology, kept.territory) == ({"sell": "no", "rate": 9}, "var", "west")
        assert {f.name for f in AnonymousAnswer._meta.fields} == {"id", "round", "values", "typology", "territory"}
        assert kept.pk.version == 4
        assert Answer.objects.count() == 0
        known = {
            str(v) for v in (door.invitation.pk, door.actor.person_id, door.actor.partner_id, door.invitation.company_id)
        }
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT to_jsonb(a)::text FROM questionnaires_anonymousanswer a")
            [(row,)] = cursor.fetchall()
        assert not any(key in row for key in known)
        [event] = OutboxEvent.objects.filter(type="questionnaires.answer_submitted")
        assert (event.partner_id, event.actor_id, event.data["answer_id"], event.actor_kind) == (None, None, None, "system")
        assert FactProposal.objects.count() == 0
    assert open_door(token).invitation.state == "submitted"


def test_an_anonymous_answer_that_was_on_its_way_when_its_round_closed_does_not_stand_out(
    manager, publish_form, send
) -> None:
    round_ = send(publish_form(anonymous_content(), is_anonymous=True))
    door = open_door(tokens_of(round_)[2])
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "no", "rate": 9})
    with as_role(manager):
        round_close(actor=manager, round_id=round_.pk)
    with as_role(door.actor), pytest.raises(Conflict) as refused:
        answer_submit(actor=door.actor, door=door)
    assert refused.value.code == "closed"
    with as_system("a test"):
        assert AnonymousAnswer.objects.count() == 0


def test_anonymous_answers_are_told_once_what_was_on_its_way_has_come(manager, publish_form, send) -> None:
    round_ = send(publish_form(anonymous_content(), is_anonymous=True))
    for token in tokens_of(round_):
        answer(token, {"sell": "no", "rate": 9})

    def untold(after: timedelta) -> str | None:
        with as_role(manager):
            return results_of(actor=manager, round_=round_, now=round_.due_at + after).untold

    assert [untold(timedelta(minutes=m)) for m in (-1, 1, 6)] == ["open", "open", None]


def test_drafts_of_anonymous_rounds_that_are_over_are_removed(manager, publish_form, send) -> None:
    round_ = send(publish_form(anonymous_content(), is_anonymous=True))
    door = open_door(tokens_of(round_)[0])
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "no"})
    with as_system("a test") as system:
        assert drafts_forget(actor=system) == 0
        assert drafts_forget(actor=system, now=timezone.now() + timedelta(days=15)) == 1


def test_reminders_go_once_a_day_that_was_named_to_who_has_not_answered(publish_form, send) -> None:
    round_ = send(publish_form(), reminder_days=(7, 1))
    answer(tokens_of(round_)[0])

    def at(days: float) -> int:
        with as_system("a test") as system:
            return reminders_send(actor=system, now=timezone.now() + timedelta(days=days))

    assert [at(1), at(7.5), at(8), at(13.2), at(13.5), at(15)] == [0, 6, 0, 6, 0, 0]
    with as_system("a test"):
        left = set(
            OutboxEvent.objects.filter(type="questionnaires.invitation_reminded").values_list("data__days_left", flat=True)
        )
        assert left == {6, 1}


def upload(name: str, content: bytes) -> SimpleNamespace:
    return SimpleNamespace(name=name, size=len(content), read=lambda: content)


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(
        out, format=kind, **({"exif": b"Exif\x00\x00secret-place"} if kind == "JPEG" else {})
    )
    return out.getvalue()


def office(folder: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(f"{folder}/x.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"%PDF-1.7 x"), ("a.png", picture()), ("a.JPEG", picture("JPEG")), ("a.docx", office("word")), ("a.txt", "né".encode())],
    ids=["pdf", "png", "jpeg", "docx", "txt"],
)  # fmt: skip
def test_files_of_known_kinds_are_taken_and_pictures_drawn_anew(name: str, content: bytes) -> None:
    taken = taken_file(upload(f"C:\\Users\\me\\{name}", content), most=10_000)
    assert taken.name == name
    assert b"secret-place" not in taken.content


@pytest.mark.parametrize(("kind", "side"), [("PNG", 3_500), ("WEBP", 3_500), ("JPEG", 6_400)])
def test_a_picture_of_few_bytes_and_many_points_is_refused_before_it_is_drawn(
    kind: str, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4 KB of white cost three seconds, from anybody who held a link."""
    out = io.BytesIO()
    Image.new("L", (side, side), 255).save(out, format=kind, **({"method": 0} if kind == "WEBP" else {}))
    monkeypatch.setattr(Image.Image, "convert", lambda *_how, **_more: pytest.fail("drawn"))
    with pytest.raises(Invalid) as refused:
        taken_file(upload(f"a.{kind.lower()}", out.getvalue()), most=1_000_000)
    assert refused.value.code == "too_big"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a", b"x", "kind"),
        ("a.svg", b"<svg onload='x'/>", "kind"),
        ("a.png", b"<svg onload='x'/>", "kind"),
        ("a.pdf", b"MZ\x90", "kind"),
        ("a.exe", b"MZ", "kind"),
        ("a.docx", office("xl"), "kind"),
        ("a.docx", b"PK\x03\x04", "kind"),
        ("a.txt", b"\x00\x01", "kind"),
        ("a.png", picture("JPEG"), "kind"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"%PDF-" + b"x" * 10_000, "too_big"),
        ("a.html", b"<script>", "kind"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        taken_file(upload(name, content), most=10_000)
    assert refused.value.code == code


def test_a_file_answers_a_question_and_another_takes_its_place(
    publish_form, send, settings, tmp_path, django_capture_on_commit_callbacks
) -> None:
    settings.MEDIA_ROOT = tmp_path
    door = open_door(tokens_of(send(publish_form()))[0])
    paper = door.form.question("paper")
    with django_capture_on_commit_callbacks(execute=True), as_role(door.actor):
        first = file_keep(actor=door.actor, door=door, question=paper, taken=taken_file(upload("a.pdf", b"%PDF-1"), most=99))
        second = file_keep(
            actor=door.actor, door=door, question=paper, taken=taken_file(upload("later-b.pdf", b"%PDF-2"), most=99)
        )
        assert Answer.objects.get().values["paper"]["name"] == "later-b.pdf"
        assert "later-b.pdf" not in second.path
    assert not default_storage.exists(first.path)
    with django_capture_on_commit_callbacks(execute=True), as_role(door.actor):
        file_remove(actor=door.actor, door=door, question=paper)
        assert AnswerFile.objects.count() == 0
    assert not default_storage.exists(second.path)
