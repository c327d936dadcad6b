"""With Redis away, pages and writes go on without being kept waiting, and what happened arrives once it is back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.cache import ForgivingRedisCache
from prm.core.ids import uuid7
from prm.events.runner import waking
from prm.events.runner.work import deliver_all
from prm.partners.models import Company
from prm.partners.services.companies import company_create
from tests.events.things import hearing, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings):
    """A broker and a cache that nobody serves."""
    nowhere = tmp_path / "nobody.sock"
    settings.REDIS_URL = f"redis+socket://{nowhere}"
    settings.CACHES = {
        "default": {"BACKEND": "prm.core.cache.ForgivingRedisCache", "LOCATION": f"unix://{nowhere}", "KEY_PREFIX": "prm"}
    }
    # Not the current one: whoever sent something afterwards would send it there.
    with Celery(broker=f"redis+socket://{nowhere}", set_as_current=False) as dead:
        dead.conf.broker_transport_options = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS
        monkeypatch.setattr("prm.events.runner.waking.current_app", dead)
        monkeypatch.setattr(waking, "_next", waking._Next())
        yield dead


def test_pages_and_writes_go_on_and_are_not_kept_waiting(manager: Actor, client_of, redis_away) -> None:
    page: Client = client_of(manager)
    began = time.monotonic()
    answer = page.post("/companies/new", {"name": "Kerlan", "country": "FR"}, follow=True)
    assert answer.status_code == 200
    assert "Kerlan" in answer.content.decode()
    for path in ("/companies", "/jobs"):
        assert page.get(path).status_code == 200
    assert time.monotonic() - began < 10
    with as_role(manager):
        assert Company.objects.visible_to(manager).filter(name="Kerlan").exists()


def test_only_the_first_write_tries_to_wake_anybody(manager: Actor, redis_away, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []
    send = redis_away.send_task

    def count(*arguments: object, **options: object) -> object:
        tried.append(time.monotonic())
        return send(*arguments, **options)

    monkeypatch.setattr(redis_away, "send_task", count)
    with as_role(manager):
        company_create(actor=manager, values={"name": "First", "country": "FR"})
    for n in range(5):
        time.sleep(0.06)
        with as_role(manager):
            company_create(actor=manager, values={"name": f"Next {n}", "country": "FR"})
    assert len(tried) == 1


def test_what_happened_meanwhile_arrives(manager: Actor, redis_away) -> None:
    with hearing() as heard:
        tell(manager, uuid7(), 1, 2)
        assert heard.numbers == []
        deliver_all()  # the next look, whoever asks for it
        assert heard.numbers == [1, 2]


def test_the_cache_that_is_away_is_the_products_own(redis_away) -> None:
    assert isinstance(cache._connections[cache._alias], ForgivingRedisCache)
    cache.set("a", 1)
    assert cache.get("a") is None
