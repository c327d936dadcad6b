"""Built, published, changed: what stays as it is stays so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.events.models import OutboxEvent
from prm.questionnaires.models import Questionnaire, Version
from prm.questionnaires.rules.document import read_form
from prm.questionnaires.rules.edit import question_add, question_remove, section_change
from prm.questionnaires.selectors.questionnaires import (
    questionnaire_facts,
    questionnaire_get,
    questionnaire_list,
    version_by_number,
    version_draft,
    version_list,
)
from prm.questionnaires.services.questionnaires import (
    draft_change,
    draft_ensure,
    draft_undo,
    questionnaire_archive,
    questionnaire_create,
    questionnaire_edit,
    version_publish,
)
from tests.questionnaires.conftest import EVERYTHING

pytestmark = pytest.mark.django_db


def begin(actor: Actor, **more: Any) -> tuple[Questionnaire, Version]:
    with as_role(actor):
        made = questionnaire_create(actor=actor, title={"en": "Needs", "fr": "Besoins"}, **more)
        draft = version_draft(actor=actor, questionnaire=made)
    assert draft is not None
    return made, draft


def test_a_questionnaire_begins_empty_or_from_the_library(manager) -> None:
    made, draft = begin(manager)
    assert (draft.number, draft.content, made.languages) == (1, {}, ["en", "fr"])
    with as_role(manager):
        survey = questionnaire_create(actor=manager, title={}, template="satisfaction")
        assert (survey.title["fr"], survey.purpose, survey.is_anonymous) == (
            "Comment nous trouvez-vous ?",
            "satisfaction",
            True,
        )
        assert len(list(version_draft(actor=manager, questionnaire=survey).form.questions)) > 5
        with pytest.raises(Invalid):
            questionnaire_create(actor=manager, title={"en": "X"}, template="nothing")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": {"fr": "Besoins"}}, "title"), ({"title": {"xx": "?"}}, "title"), ({"languages": ["fr"]}, "languages"),
     ({"languages": ["en", "xx"]}, "languages"), ({"purpose": "war"}, "purpose"), ({"colour": "red"}, "colour")],
)  # fmt: skip
def test_what_a_questionnaire_cannot_be_is_refused_at_its_field(manager, values, field) -> None:
    made, _draft = begin(manager)
    with as_role(manager), pytest.raises(Invalid) as refused:
        questionnaire_edit(actor=manager, questionnaire_id=made.pk, values=values)
    assert refused.value.field == field


def test_a_draft_is_changed_by_functions_and_undone(manager) -> None:
    _made, draft = begin(manager)
    with as_role(manager):
        draft_change(actor=manager, version_id=draft.pk, change=lambda _form: read_form(EVERYTHING))
        changed = draft_change(actor=manager, version_id=draft.pk, change=lambda form: question_remove(form, "day"), seen=1)
        assert changed.form.question("day") is None
        assert changed.revision == 2
        assert draft_undo(actor=manager, version_id=draft.pk).form.question("day") is not None
        same = draft_change(actor=manager, version_id=draft.pk, change=lambda form: form)
        assert same.revision == 3


def test_two_who_edit_the_same_question_do_not_overwrite_each_other(manager) -> None:
    _made, draft = begin(manager)
    with as_role(manager):
        draft_change(actor=manager, version_id=draft.pk, change=lambda _form: read_form(EVERYTHING), seen=0)
        with pytest.raises(Conflict) as refused:
            draft_change(actor=manager, version_id=draft.pk, change=lambda f: section_change(f, "s1", weight=2.0), seen=0)
    assert refused.value.code == "stale_edit"


def test_a_change_that_breaks_the_order_is_refused_in_words(manager) -> None:
    _made, draft = begin(manager)
    with as_role(manager):
        draft_change(actor=manager, version_id=draft.pk, change=lambda _form: read_form(EVERYTHING))
        with pytest.raises(Invalid) as refused:
            draft_change(actor=manager, version_id=draft.pk, change=lambda form: question_remove(form, "sell"))
    assert "How many people?" in str(refused.value.message)


def test_nothing_incomplete_is_published_and_all_that_lacks_is_told(manager) -> None:
    _made, draft = begin(manager)
    with as_role(manager), pytest.raises(Invalid) as refused:
        version_publish(actor=manager, version_id=draft.pk)
    assert [lack.code for lack in refused.value.data["lacks"]] == ["no_question"]


def test_a_published_version_never_changes_and_the_next_begins_from_it(manager, publish_form) -> None:
    made = publish_form()
    with as_role(manager):
        [first] = version_list(actor=manager, questionnaire=made)
        with pytest.raises(Conflict) as refused:
            draft_change(actor=manager, version_id=first.pk, change=lambda form: question_add(form, "s1", "text")[0])
        assert refused.value.code == "published"
        second = draft_ensure(actor=manager, questionnaire_id=made.pk)
        assert (second.number, second.content) == (2, first.content)
        assert draft_ensure(actor=manager, questionnaire_id=made.pk) == second
        draft_change(actor=manager, version_id=second.pk, change=lambda form: question_remove(form, "day"))
        assert version_by_number(actor=manager, questionnaire=made, number=1).form.question("day") is not None
        facts = questionnaire_facts(actor=manager, ids=[made.pk])[made.pk]
        assert (facts.published, facts.draft) == (1, 2)
        types = list(OutboxEvent.objects.filter(subject_id=made.pk).order_by("id").values_list("type", flat=True))
        assert types == [f"questionnaires.questionnaire_{what}" for what in ("created", "published", "draft_started")]


def test_the_database_itself_refuses_to_change_what_is_published(manager, publish_form) -> None:
    made = publish_form()
    for act in (lambda rows: rows.update(content={}), lambda rows: rows.update(state="draft"), lambda rows: rows.delete()):
        with as_system("a test"), pytest.raises(DatabaseError), transaction.atomic():
            act(Version.objects.filter(questionnaire=made))


def test_archived_ones_leave_the_list_and_come_back(manager) -> None:
    made, _draft = begin(manager)
    with as_role(manager):
        assert list(questionnaire_list(actor=manager, q="nee")) == [made]
        questionnaire_archive(actor=manager, questionnaire_id=made.pk)
        assert list(questionnaire_list(actor=manager)) == []
        assert list(questionnaire_list(actor=manager, archived=True)) == [made]
        questionnaire_archive(actor=manager, questionnaire_id=made.pk, restore=True)
        assert list(questionnaire_list(actor=manager, purpose="other")) == [made]
        assert list(questionnaire_list(actor=manager, purpose="needs")) == []


def test_nobody_builds_or_reads_without_the_right(manager) -> None:
    made, draft = begin(manager)
    stranger = replace(manager, permissions=frozenset())
    with as_role(manager):
        with pytest.raises(Denied):
            questionnaire_list(actor=stranger)
        with pytest.raises(Denied):
            questionnaire_create(actor=stranger, title={"en": "X"})
        with pytest.raises(NotFound):
            draft_change(actor=stranger, version_id=draft.pk, change=lambda form: form)
        with pytest.raises(NotFound):
            questionnaire_get(actor=manager, questionnaire_id="questionnaire_nothing")
        assert questionnaire_get(actor=manager, questionnaire_id=made.public_id) == made
