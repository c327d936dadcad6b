"""What happened is told once, in the reader's language."""

import pytest
from django.db import transaction
from django.utils import translation

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.ids import uuid7
from prm.events.publishing import EVENT_TYPES, Event, publish
from prm.events.selectors import history_list
from prm.events.telling import sentence_of
from prm.partners.events import FactsProposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed():
    class ThingRenamed(Event, subject="thing", sentence="renamed it to %(name)s"):
        name: str

    yield ThingRenamed
    del EVENT_TYPES["tests.thing_renamed"]


def test_history_of_a_record_is_its_events_newest_first(manager: Actor, renamed) -> None:
    subject = uuid7()
    with as_role(manager):
        publish(renamed(subject_id=subject, name="Kerlan"), actor=manager)
        publish(renamed(subject_id=subject, name="Kerlan Systèmes"), actor=manager)
        publish(renamed(subject_id=uuid7(), name="other"), actor=manager)
        entries = history_list(actor=manager, subject_type="thing", subject_id=subject)
    assert [entry.sentence for entry in entries] == ["renamed it to Kerlan Systèmes", "renamed it to Kerlan"]
    assert {entry.actor_id for entry in entries} == {manager.user_id}


def test_an_event_of_a_transaction_that_failed_never_happened(manager: Actor, renamed) -> None:
    subject = uuid7()
    with as_role(manager):
        with pytest.raises(RuntimeError), transaction.atomic():
            publish(renamed(subject_id=subject, name="Kerlan"), actor=manager)
            raise RuntimeError
        assert history_list(actor=manager, subject_type="thing", subject_id=subject) == []


def test_two_events_may_not_share_a_type(renamed) -> None:
    with pytest.raises(ValueError, match="is the type of ThingRenamed already"):

        class ThingRenamed(Event, subject="thing", sentence=""):
            pass


def test_one_of_a_thing_is_told_in_the_singular_and_thousands_as_the_reader_writes_them() -> None:
    told_of = {count: sentence_of(FactsProposed, {"count": count}) for count in (1, 2, 1200)}
    assert told_of == {1: "proposed 1 fact", 2: "proposed 2 facts", 1200: "proposed 1,200 facts"}
    with translation.override("fr"):
        assert sentence_of(FactsProposed, {"count": 1}) == "a proposé 1 information"
        assert sentence_of(FactsProposed, {"count": 1200}) == "a proposé 1\u202f200 informations"
