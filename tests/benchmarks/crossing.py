"""Do answers cross between people who share processes and connections? 50 clients of two partners, 20,000 answers (docs/access.md, T4).

The product's own web server, two processes of four threads, each with its kept database connections. Every client keeps its line, asks as
one person, and reads whose the answer is: name and partner of it are marks that no other client's answer holds. Every ninth request is
broken off: sent whole and left before the answer, or in the middle of itself, so that a thread is torn from its work.
"""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from prm.access.actors import Role
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import Account
from prm.partners.models import Company, Lifecycle
from prm.partners.services.members import partner_member_add
from prm.partners.services.partners import partner_create
from tests.benchmarks._http import served, session
from tests.benchmarks.list import QUICK_ROWS

CLIENTS, ANSWERS, QUICK_ANSWERS = 50, 20_000, 1_500
BOUND_SECONDS, QUICK_BOUND_SECONDS = 180, 60
ABORT_EVERY = 9
#: What is asked, and how often: each says whose it is. A page takes three times the processor of the small answer (23 ms, 8 ms).
PAGES = ("/api/v1/me",) * 37 + ("/portal/company", "/portal/more", "/portal/people")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)")
_MARK = re.compile(rb"zq[0-9a-f]{8}[ab]\d{2}")


@dataclass
class Client:
    """One person at one of the partners. Its answers name the two of them; that of the people's page its colleagues too."""

    cookie: str
    name: bytes
    company: bytes
    colleagues: frozenset[bytes]
    answers: int = 0
    aborted: int = 0
    crossed: list[str] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    @cached_property
    def asks(self) -> dict[str, bytes]:
        """Path → the request as it is sent."""
        head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n\r\n"
        return {path: f"GET {path} {head}".encode() for path in set(PAGES)}


def run(folder: Path | None, seed: int = 17, quick: bool = False) -> dict[str, Any]:
    """Measures; ends by itself after ``BOUND_SECONDS``, with what it has got by then."""
    del folder
    wanted, bound = (QUICK_ANSWERS, QUICK_BOUND_SECONDS) if quick else (ANSWERS, BOUND_SECONDS)
    with served(QUICK_ROWS) as (port, _made):
        clients = _clients()
        started = time.monotonic()
        left = _Left(wanted, started + bound)
        threads = [
            threading.Thread(target=_walk, args=(port, one, left, random.Random(seed * 1_000 + number)))
            for number, one in enumerate(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - started
    return _report(clients, wanted, took, seed)


class _Left:
    """How many answers are still wanted; shared by all clients."""

    def __init__(self, wanted: int, until: float) -> None:
        self.wanted, self.until, self.lock = wanted, until, threading.Lock()

    def one(self) -> bool:
        """Takes one of them, while there are any and time is left."""
        with self.lock:
            self.wanted -= 1
            return self.wanted >= 0 and time.monotonic() < self.until


def _clients() -> list[Client]:
    """25 people at each of two partners, signed in; names of people and companies are marks, fresh with each run."""
    tag, made = uuid4().hex[:8], []
    for side in "ab":
        company = f"zq{tag}{side}99"
        with as_system("benchmark") as system:
            row = Company.objects.create(name=company, country="FR")
            partner = partner_create(actor=system, company_id=row.pk, lifecycle=Lifecycle.ACTIVE)
            names = [f"zq{tag}{side}{number:02d}" for number in range(CLIENTS // 2)]
            people = [
                partner_member_add(
                    actor=system, partner_id=partner.pk, role=Role.PARTNER_SALES,
                    account=Account(email=f"{name}@example.com", name=name),
                )
                for name in names
            ]  # fmt: skip
        for person in people:
            with as_sign_in():
                actor = actor_of_user(User.objects.get(pk=person.user_id))
            colleagues = frozenset(name.encode() for name in names)
            made.append(Client(session(actor)["Cookie"], person.name.encode(), company.encode(), colleagues))
    return made


def _walk(port: int, one: Client, left: _Left, chance: random.Random) -> None:
    """Asks until nobody wants more, on one line that is opened again when it was broken off."""
    line = None
    while left.one():
        path = chance.choice(PAGES)
        try:
            line = line or Line(port)
            look(one, path, *line.ask(one.asks[path]))
        except OSError as error:
            one.failed[type(error).__name__] += 1
            line = None
        if chance.randrange(ABORT_EVERY) == 0:
            _break_off(port, one, chance)


class Line:
    """A kept connection that sends bytes made beforehand and reads one answer: of the time of two processors, clients take little."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and text of the answer to ``request``. OSError where the line ends, or the answer is none that HTTP knows."""
        self.socket.sendall(request)
        got = bytearray()
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head = bytes(got[:end]).lower()
        length = _LENGTH.search(head)
        if length is None or not head.startswith(b"http/1.1 "):
            raise OSError("an answer without a length")
        whole = end + 4 + int(length.group(1))
        while len(got) < whole:
            got += self._more()
        if len(got) > whole:
            raise OSError("more than one answer")
        return int(head[9:12]), bytes(got[end + 4 :])

    def _more(self) -> bytes:
        part = self.socket.recv(65_536)
        if not part:
            raise OSError("the line ended")
        return part


def look(one: Client, path: str, status: int, body: bytes) -> None:
    """Whose an answer is: the client's own, another's (``crossed``) or nobody's (``failed``)."""
    one.answers += 1
    marks = set(_MARK.findall(body))
    foreign = marks - {one.name, one.company} - (one.colleagues if path == "/portal/people" else frozenset())
    if foreign:
        one.crossed.append(f"{path} told {b', '.join(sorted(foreign)).decode()}")
    elif status != 200 or one.name not in marks:
        one.failed[f"{status} {path}"] += 1


def _break_off(port: int, one: Client, chance: random.Random) -> None:
    """A request that is left: whole, or in the middle of its headers."""
    whole = one.asks[chance.choice(PAGES)]
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as broken:
        broken.sendall(whole if chance.random() < 0.7 else whole[: chance.randrange(20, len(whole) - 4)])
        one.aborted += 1
        time.sleep(chance.random() * 0.01)


def _report(clients: list[Client], wanted: int, took: float, seed: int) -> dict[str, Any]:
    answers, crossed = sum(one.answers for one in clients), [text for one in clients for text in one.crossed]
    failed = sum((one.failed for one in clients), Counter[str]())
    return {
        "name": "crossing",
        "data": {"clients": len(clients), "partners": 2, "processes": 2, "threads": 4, "seed": seed},
        "ours": {
            "answers": answers, "crossed": len(crossed), "aborted": sum(one.aborted for one in clients),
            "failed": sum(failed.values()), "seconds": round(took, 1), "answers_a_second": round(answers / took, 1),
        },
        "peers": {},
        "ratios": {},
        "errors": {**failed, **dict.fromkeys(crossed[:20], 1)},
        "bars": [
            {"bar": "answers that crossed", "value": len(crossed), "limit": 0, "holds": not crossed},
            {"bar": "answers that failed or were nobody's", "value": sum(failed.values()), "limit": 0, "holds": not failed},
            {"bar": "answers, at least", "value": answers, "limit": wanted, "holds": answers >= wanted},
        ],
    }  # fmt: skip
