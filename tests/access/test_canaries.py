"""Whatever somebody of one side gets, no mark of another side is in it; also with either wall off.

``canaries`` makes the sides and their marks. The short walk asks, as three of the visitors, what the portal's people can open and one in
thirty of the other addresses; the full cross asks everything as everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import StudyPass, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.core.ids import typeid_key
from prm.events.runner.work import deliver_all
from prm.notifications.models import Channel, Notification
from prm.notifications.services_mail import digests_plan, mails_hand_over
from prm.partners.models import Sale, Site
from tests.access.canaries import WORD, Side, World, lacking
from tests.access.test_matrix import filled, methods_of, parameters, routes
from tests.access.walls import without_the_first, without_the_second

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("canaries")]

#: Not of the product: the demo's mailbox shows every mail to everybody, and exists in demos alone (``PRM_DEMO``).
DEMO_ONLY = ("mailbox", "mailbox-mail", "mailbox-body")
#: What ends the session that is walking, and would show the rest to nobody.
ENDS_THE_WALK = ("account_logout",)
#: Every form of search that an address takes; the word is the beginning of every mark, and no mark.
SEARCH = dict.fromkeys(("q", "name", "search", "company", "after", "list", "ref", "title"), WORD)
ERRORS = ("/portal/nothing-here", "/portal/company?q=%00", "/api/v1/nothing", "/nothing", "/accounts/nothing/")


@dataclass
class Visitor:
    """Somebody who asks: which side is theirs ("" for none), and with what."""

    name: str
    letter: str
    client: Client
    headers: dict[str, str]


@dataclass
class Answer:
    """What came back, whole."""

    visitor: Visitor
    asked: str
    status: int
    text: str


@pytest.fixture
def world(settings: Any, tmp_path: Any, partners_side: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    settings.PRM_API_RATE = 1_000_000
    return World(partners_side)


@pytest.fixture
def visitors(world: World, client_of: Callable[[Actor], Client]) -> list[Visitor]:
    """Roles that hold the same permissions get the same answers (``test_matrix``): one of them asks for all."""
    first, second, third = world.sides
    people = [
        (first, Role.PARTNER_ADMINISTRATOR),
        (first, Role.PARTNER_SALES),
        (second, Role.PARTNER_ADMINISTRATOR),
        (third, Role.CANDIDATE),
    ]
    found = [Visitor(f"{role} {side.letter}", side.letter, client_of(side.people[role]), {}) for side, role in people]
    found += [
        Visitor(f"key of {side.letter}", side.letter, Client(), {"Authorization": f"Bearer {side.key}"})
        for side in (first, third)
    ]
    return [*found, Visitor("specialist", "", client_of(_specialist(world)), {})]


def _specialist(world: World) -> Actor:
    with as_system("a test") as actor:
        person = member_add(actor=actor, email="spec@outside.example", name="Iva", roles=[Role.SPECIALIST], password=None)
    with as_sign_in():
        study = typeid_key("study", world.samples.value("", "", "study_id"))
        StudyPass.objects.create(user_id=person.user_id, study_id=study)
        return actor_of_user(User.objects.get(pk=person.user_id))


def addresses(world: World, asker: Side | None, target: Side, *, every: int) -> Iterator[tuple[str, str]]:
    """(method, address) of every route, with the objects of ``target`` where it has any of the kind, and of every error page. Of addresses
    that are not the portal's own, one in ``every``."""
    for number, (name, path, pattern) in enumerate(routes(outside=("healthz", "readyz", "static"))):
        is_theirs = path.startswith(("portal", "q/", "api/v1/me", "api/v1/notification"))
        if name.rpartition(":")[2] in (*DEMO_ONLY, *ENDS_THE_WALK) or (not is_theirs and number % every):
            continue
        try:
            values = {p: target.value(world.samples, name, path, p) for p in parameters(pattern, path)}
        except KeyError:
            continue  # a word of the sign-in package: its pages without one are walked
        if "token" in values:  # whoever holds a link's token is whom it was sent to
            values["token"] = asker.by_parameter["token"] if asker else world.samples.value(name, path, "token")
        for method in methods_of(pattern):
            yield method, filled(path, values)
    yield from (("GET", url) for url in ERRORS)


def answers(world: World, visitor: Visitor, *, every: int = 1) -> Iterator[Answer]:
    """Everything that the visitor gets: each address with its own objects and with those of the others, searched, and as a fragment."""
    own = next((side for side in world.sides if side.letter == visitor.letter), None)
    seen = set()
    for target in world.sides:
        for method, url in addresses(world, own, target, every=every):
            if (method, url) in seen:
                continue
            seen.add((method, url))
            yield _asked(visitor, method, url)
            if method == "GET":
                searched = f"{url}{'&' if '?' in url else '?'}{urlencode(SEARCH)}"
                yield _asked(visitor, method, searched, {"HX-Request": "true"})
                if every == 1:
                    yield _asked(visitor, method, searched)
                    yield _asked(visitor, method, url, {"HX-Request": "true"})


def _asked(visitor: Visitor, method: str, url: str, headers: dict[str, str] | None = None) -> Answer:
    """One answer with its headers and cookies; its effects are undone, and throttles forget it."""
    client = visitor.client
    client.raise_request_exception = False
    cache.clear()
    with transaction.atomic():
        got = client.generic(
            method, url, "{}", content_type="application/json", headers={**visitor.headers, **(headers or {})}
        )
        body = b"".join(got.streaming_content) if getattr(got, "streaming", False) else got.content
        transaction.set_rollback(True)
    said = "\n".join([*(f"{name}: {value}" for name, value in got.headers.items()), got.cookies.output()])
    return Answer(visitor, f"{method} {url}", got.status_code, f"{said}\n\n{body.decode('utf-8', 'replace')}")


def letters(world: World) -> Iterator[tuple[str, str]]:
    """Every mail that leaves: of what happened to each side, the day's, and of the sign-in package; with whose it is."""
    mail.outbox.clear()
    with as_system("a test") as actor:
        later = timezone.now() + timedelta(days=1)
        told = list(Notification.objects.order_by("pk").values_list("pk", flat=True))
        Notification.objects.filter(pk__in=told[::3]).update(channel=Channel.DIGEST)
        mails_hand_over(actor=actor, now=later)
        digests_plan(actor=actor, now=later)
        mails_hand_over(actor=actor, now=later)
    deliver_all()
    for side in world.sides:
        for address in sorted(side.emails):
            Client().post("/accounts/password/reset/", {"email": address})
            cache.clear()
    for letter in mail.outbox:
        [address] = letter.to
        # Of no side: somebody of the samples' partner, to whom every mark is another's.
        whose = next((side.letter for side in world.sides if address.lower() in side.emails), "")
        parts = [letter.subject, letter.body, str(letter.extra_headers), *(str(part[0]) for part in letter.alternatives)]
        yield whose, "\n".join(parts)


@pytest.fixture
def few(visitors: list[Visitor]) -> list[Visitor]:
    """An administrator, a candidate and a key."""
    return [one for one in visitors if one.name in {"partner_administrator a", "candidate c", "key of a"}]


def found(world: World, visitors: list[Visitor], *, every: int = 30) -> tuple[list[str], dict[str, set[str]]]:
    """What crossed, in words; and the own marks that each visitor saw."""
    crossed, own = [], {visitor.name: set[str]() for visitor in visitors}
    for visitor in visitors:
        for answer in answers(world, visitor, every=every):
            marks = world.foreign(visitor.letter, answer.text, answer.asked)
            if marks:
                crossed.append(f"{visitor.name}: {answer.asked} ({answer.status}) told {', '.join(sorted(marks))}")
            own[visitor.name] |= world.own(visitor.letter, answer.text)
    for whose, text in letters(world):
        if marks := world.foreign(whose, text):
            crossed.append(f"a mail to {whose} told {', '.join(sorted(marks))}")
        own.setdefault("mails", set()).update(world.own(whose, text))
    return crossed, own


def test_every_text_that_outsiders_reach_holds_a_mark(world: World) -> None:
    assert lacking(world) == []


def test_a_text_without_a_mark_is_told_by_its_name(world: World) -> None:
    """Else a new model or field would pass unseen."""
    with as_system("a test"):
        Site.objects.update(street="")
        Sale.objects.all().delete()
    told = lacking(world)
    assert "partners.Site.street: no row of side a holds a mark in it" in told
    assert "partners.Sale: outsiders reach it, and side a has no row of it in canary_rows.py" in told


def test_no_mark_of_another_side_is_told_to_anybody(world: World, few: list[Visitor]) -> None:
    crossed, own = found(world, few)
    assert not crossed, "\n".join(crossed)
    assert [name for name, marks in own.items() if not marks] == [], "the walk saw no page with data on it"


def test_no_mark_crosses_without_the_first_wall(world: World, few: list[Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_first(monkeypatch)
    crossed, own = found(world, few)
    assert not crossed, "\n".join(crossed)
    assert own["mails"]


def test_no_mark_crosses_without_the_second_wall(world: World, few: list[Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_second(monkeypatch)
    crossed, own = found(world, few)
    assert not crossed, "\n".join(crossed)
    assert own["mails"]


def test_marks_are_found_without_both_walls(world: World, few: list[Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan on a product that leaks: it says who was told what, by which address."""
    without_the_first(monkeypatch)
    without_the_second(monkeypatch)
    crossed, _own = found(world, few[:1])
    assert len(crossed) > 20
    assert any("told zqmarkb" in line or ", zqmarkb" in line for line in crossed)
    assert any(line.startswith("a mail to a told") for line in crossed)


@pytest.mark.slow
@pytest.mark.parametrize("without", [None, without_the_first, without_the_second], ids=["both", "second", "first"])
def test_no_mark_crosses_at_any_address(
    without: Callable[[pytest.MonkeyPatch], None] | None,
    world: World,
    visitors: list[Visitor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The full cross; the name says which wall stands."""
    if without:
        without(monkeypatch)
    crossed, own = found(world, visitors, every=1)
    assert not crossed, "\n".join(crossed)
    if not without:
        assert [name for name, marks in own.items() if not marks] == ["specialist"]
