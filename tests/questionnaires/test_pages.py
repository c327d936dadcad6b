"""Pages of the vendor's people: begun, built without scripts, sent, read."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from prm.access.roles import as_role, as_system
from prm.partners.models import Company, FactProposal, Position
from prm.questionnaires.models import Answer, Questionnaire, Round
from prm.questionnaires.selectors.questionnaires import version_draft
from prm.questionnaires.services.answers import answer_keep, answer_submit
from tests.questionnaires.conftest import anonymous_content, open_door, tokens_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, manager):
    return client_of(manager)


def url(name: str, *args: str) -> str:
    return reverse(f"vendor:questionnaires:{name}", args=args)


def begin(client, template: str = "") -> Questionnaire:
    client.post(url("questionnaire-new"), {"title_en": "Roadshow", "title_fr": "Tournée", "template": template})
    with as_system("a test"):
        return Questionnaire.objects.get()


def draft_of(manager, questionnaire: Questionnaire):
    with as_role(manager):
        return version_draft(actor=manager, questionnaire=questionnaire)


def act(client, questionnaire: Questionnaire, **sent):
    return client.post(url("build", questionnaire.public_id), {name.replace("__", "."): v for name, v in sent.items()})


def test_one_begins_from_the_library_or_from_nothing(client, manager) -> None:
    page = client.get(url("questionnaire-new")).content.decode()
    assert page.count('name="template"') == 4
    refused = client.post(url("questionnaire-new"), {"title_fr": "Tournée", "template": ""})
    assert refused.status_code == 422
    made = begin(client, "profile")
    assert made.title == {"en": "Roadshow", "fr": "Tournée"}
    assert len(list(draft_of(manager, made).form.questions)) == 10


def test_a_question_is_added_written_and_checked_without_scripts(client, manager) -> None:
    made = begin(client)
    added = act(client, made, act="add-question", kind="one", key="")
    assert added.headers["Location"].endswith("?at=q1")
    page = client.get(added.headers["Location"]).content.decode()
    assert "Give at least two answers" not in page  # two empty lines are there, without words
    assert "An answer (EN)" in page
    act(client, made, act="save-section", key="s1", title_en="You", title_fr="Vous", weight="2", seen="1")
    saved = act(
        client, made, act="save-question", key="q1", kind="many", seen="2", text_en="Which?", text_fr="Lesquels ?", is_required="on",
        weight="1.5", match="all", option__0__key="o1", option__0__text_en="Leads", option__0__text_fr="Contacts", option__0__points="2",
        option__1__key="o2", option__1__text_en="", option__2__key="", option__2__text_en="Money", option__2__text_fr="Argent",
    )  # fmt: skip
    assert saved.status_code == 302
    question = draft_of(manager, made).form.question("q1")
    assert (question.kind, question.is_required, question.weight) == ("many", True, 1.5)
    assert [(o.text["en"], o.points) for o in question.options] == [("Leads", 2), ("Money", None)]
    with as_role(manager):
        assert version_draft(actor=manager, questionnaire=made).lacks() == []


def test_conditions_are_said_in_plain_words(client, manager) -> None:
    made = begin(client, "needs")
    page = client.get(url("build", made.public_id) + "?at=when").content.decode()
    assert "“Do you have a first customer in mind?” is “Yes, with a name”" in page
    assert 'value="first|is|named" selected' in page
    act(
        client,
        made,
        act="save-question",
        key="when",
        seen="0",
        text_en="When?",
        text_fr="Quand ?",
        when__0="sales_ready|at_least",
        when__0__value="4",
    )
    [condition] = draft_of(manager, made).form.question("when").when
    assert (condition.question, condition.relation, condition.value) == ("sales_ready", "at_least", "4")
    wrong = act(
        client, made, act="save-question", key="when", seen="1", when__0="sales_ready|at_least", when__0__value="much"
    )
    assert (wrong.status_code, "A condition needs a number here." in wrong.content.decode()) == (422, True)


def test_questions_are_moved_copied_removed_and_brought_back(client, manager) -> None:
    made = begin(client, "needs")
    keys = lambda: [q.key for q in draft_of(manager, made).form.questions]  # noqa: E731
    first = keys()
    act(client, made, act="down", key="sales_ready")
    assert keys()[:2] == ["tech_ready", "sales_ready"]
    act(client, made, act="move", key="sales_ready", to="help/0")
    assert keys()[3] == "sales_ready"
    act(client, made, act="undo")
    assert keys()[:2] == ["tech_ready", "sales_ready"]
    act(client, made, act="copy", key="topics")
    assert len(keys()) == len(first) + 1
    removed = act(client, made, act="remove", key="topics")
    assert removed.status_code == 302
    assert "topics" not in keys()
    client.post(url("undo", made.public_id))
    assert "topics" in keys()
    wrong = act(client, made, act="remove", key="first")
    assert (wrong.status_code, "change that first" in wrong.content.decode()) == (422, True)
    order = act(client, made, act="move", key="when", to="start/0")
    assert "A condition can only speak of an earlier question." in order.content.decode()


def test_a_stale_form_does_not_write_over_what_somebody_else_saved(client, manager) -> None:
    made = begin(client, "needs")
    act(client, made, act="save-question", key="else", seen="0", text_en="One", text_fr="Un")
    act(client, made, act="save-question", key="else", seen="0", text_en="Two", text_fr="Deux")
    assert draft_of(manager, made).form.question("else").text["en"] == "One"


def test_publishing_waits_for_what_is_missing(client, manager) -> None:
    made = begin(client)
    assert client.post(url("publish", made.public_id)).headers["Location"] == url("build", made.public_id)
    act(client, made, act="add-question", kind="text", key="")
    act(client, made, act="save-section", key="s1", title_en="You", title_fr="Vous", seen="1")
    act(client, made, act="save-question", key="q1", seen="2", text_en="What?", text_fr="Quoi ?")
    assert client.post(url("publish", made.public_id)).headers["Location"] == url("questionnaire-detail", made.public_id)
    page = client.get(url("questionnaire-detail", made.public_id)).content.decode()
    assert "Ask people" in page
    assert client.get(url("build", made.public_id)).status_code == 302
    client.post(url("version-new", made.public_id))
    act(client, made, act="remove", key="q1")
    differences = client.get(url("version", made.public_id, "2")).content.decode()
    assert "Since version 1" in differences
    assert "removed" in differences


def test_the_preview_speaks_the_other_language_too(client) -> None:
    made = begin(client, "needs")
    page = client.get(url("build", made.public_id) + "?at=topics&preview=fr").content.decode()
    assert "Quelle aide en priorité ?" in page


def test_companies_of_the_list_are_asked(client, manager, publish_form, partners) -> None:
    questionnaire = publish_form()
    with as_system("a test"):
        Company.objects.create(name="Not a partner")
        ids = [c.public_id for c in Company.objects.all()]
    shown = client.post(url("send"), {"id": ids}).content.decode()
    assert "7 people can be asked" in shown
    assert "1 company is no partner and no candidate" in shown
    with as_system("a test"):
        people = [p.person.public_id for p in Position.objects.select_related("person")[:3]]
    terms = {"sure": "1", "questionnaire": questionnaire.public_id, "company": ids, "person": people, "reminder_days": "7, 1"}
    past = client.post(url("send"), {**terms, "due_on": "2020-01-01"})
    assert (past.status_code, "Choose a day from tomorrow on" in past.content.decode()) == (422, True)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    sent = client.post(url("send"), {**terms, "due_on": day, "message_en": "Please"})
    with as_system("a test"):
        [round_] = Round.objects.all()
        assert round_.invitations.count() == 3
        assert timezone.localtime(round_.due_at).strftime("%H:%M") == "00:00"
    people_page = client.get(sent.headers["Location"]).content.decode()
    assert people_page.count("/q/") == 3


def test_who_to_ask_is_found_by_life_territory_and_typology(client, publish_form, partners) -> None:
    publish_form()
    shown = client.get(url("send") + "?life=active&territory=east&typology=msp").content.decode()
    assert "2 people can be asked" in shown
    assert "Nobody can be asked so" in client.get(url("send") + "?life=candidate").content.decode()


def test_results_are_shown_beside_an_earlier_round_and_of_a_part(client, publish_form, send) -> None:
    questionnaire = publish_form()
    first, second = send(questionnaire, name="Spring"), send(questionnaire, name="Autumn")
    for round_, steps in ((first, [2, 4]), (second, [9, 10, 8])):
        for token, step in zip(tokens_of(round_), steps, strict=False):
            door = open_door(token)
            with as_role(door.actor):
                answer_keep(actor=door.actor, door=door, answers={"sell": "yes", "rate": step, "why": "Slow <b>"})
                answer_submit(actor=door.actor, door=door)
    page = client.get(url("round-results", second.public_id) + f"?with={first.public_id}").content.decode()
    assert "3 of 7 answered" in page
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert "NPS +67" in page
    assert "before: NPS −100" in page
    older = client.get(url("round-results", first.public_id)).content.decode()
    assert "Slow &lt;b&gt;" in older
    part = client.get(url("round-results", second.public_id) + "?typology=msp").content.decode()
    assert "No answer yet" in part


def test_few_anonymous_answers_are_not_told_nor_exported(client, publish_form, send) -> None:
    round_ = send(publish_form(anonymous_content(), is_anonymous=True))
    for token in tokens_of(round_)[:4]:
        answer(token)
    page = url("round-results", round_.public_id)
    for token in tokens_of(round_)[4:6]:
        answer(token)
    # While more may come, one look less another would be one answer.
    assert "Told once the round is over" in client.get(page).content.decode()
    client.post(url("round-close", round_.public_id))
    shown = client.get(page).content.decode()
    assert "NPS" in shown
    # Five of one typology leave one of the other, which a subtraction would tell.
    assert "Too few answers to tell" in client.get(f"{page}?typology=var").content.decode()
    assert "One part at a time" in client.get(f"{page}?typology=var&territory=west").content.decode()
    # Opened again, the next answer would stand out from what was told.
    assert "Open again" not in shown
    again = client.post(
        url("round-close", round_.public_id), {"due_on": f"{timezone.localdate() + timedelta(days=9)}"}, follow=True
    )
    assert "another would stand out" in again.content.decode()
    assert "NPS" in client.get(page).content.decode()
    assert reverse("vendor:exports:list-export", args=["answers"]) not in shown
    assert client.get(url("round-answers", round_.public_id)).content.decode().count("answers/") == 0


def answer(token: str) -> None:
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "no", "rate": 9})
        answer_submit(actor=door.actor, door=door)


def test_named_answers_are_read_and_exported(client, publish_form, send) -> None:
    round_ = send(publish_form())
    answer(tokens_of(round_)[0])
    with as_system("a test"):
        found = Answer.objects.get()
    text = client.get(url("answer-detail", found.public_id)).content.decode()
    assert "Person 0, Partner 0" in text
    assert "9 of 10" in text
    got = client.get(reverse("vendor:exports:list-export", args=["answers"]) + f"?of={round_.public_id}&columns=all")
    written = b"".join(got.streaming_content).decode() if getattr(got, "streaming", False) else got.content.decode()
    assert "Partner 0" in written
    assert "How are we?" in written


def test_a_closed_round_opens_again_with_a_new_day(client, publish_form, send) -> None:
    round_ = send(publish_form())
    client.post(url("round-close", round_.public_id))
    with as_system("a test"):
        assert Round.objects.get().closed_at is not None
    client.post(url("round-close", round_.public_id), {"due_on": (timezone.localdate() + timedelta(days=2)).isoformat()})
    with as_system("a test"):
        assert Round.objects.get().closed_at is None


def test_the_queue_shows_what_is_known_beside_what_is_proposed(client, manager, publish_form, send, partners) -> None:
    with as_system("a test"):
        Company.objects.filter(pk=partners[0].company_id).update(employees=40)
    round_ = send(publish_form())
    for token in tokens_of(round_)[:2]:
        door = open_door(token)
        with as_role(door.actor):
            answer_keep(actor=door.actor, door=door, answers={"sell": "yes", "staff": "46", "rate": 9})
            answer_submit(actor=door.actor, door=door)
    queue = reverse("vendor:partners:proposal-queue")
    text = client.get(queue).content.decode()
    assert "2 proposed facts to decide" in text
    assert "40" in text
    with as_system("a test"):
        first, second = FactProposal.objects.order_by("id")
    decide = reverse("vendor:partners:proposal-decide")
    assert client.post(decide, {"act": "refuse", "id": second.public_id}).status_code == 422
    client.post(decide, {"act": "refuse", "id": second.public_id, "reason": "Not theirs"})
    edit = reverse("vendor:partners:proposal-edit", args=[first.public_id])
    assert client.post(edit, {"value": "forty"}).status_code == 422
    client.post(edit, {"value": "47"})
    with as_system("a test"):
        assert Company.objects.get(pk=partners[0].company_id).employees == 47
        assert list(FactProposal.objects.order_by("id").values_list("state", "reason")) == [
            ("accepted", ""),
            ("refused", "Not theirs"),
        ]
    assert "Nothing to decide" in client.get(queue).content.decode()
    assert client.post(decide, {"one": first.public_id}).status_code == 409


def test_a_profile_leads_to_asking_its_people(client, partners, publish_form) -> None:
    publish_form()
    with as_system("a test"):
        company = Company.objects.get(pk=partners[0].company_id)
    profile = client.get(reverse("vendor:partners:company-detail", args=[company.public_id])).content.decode()
    link = f"{url('send')}?company={company.public_id}"
    assert link in profile
    assert "1 person can be asked" in client.get(link).content.decode()
