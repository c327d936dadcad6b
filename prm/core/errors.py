"""What can go wrong by the rules of the domain, told apart from what is broken.

Services raise these; pages turn them into a message at the right field, the API into problem+json. The message is a
lazy translation, so that it is read in the person's language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def choose_among(names: Iterable[str]) -> str:
    """What to write instead of a word that there is not: ``names`` as they are written, at most 60 of them."""
    known = [name for name in names if name]
    return gettext("Give one of: %(names)s.") % {"names": ", ".join(known[:60]) + (", …" if len(known) > 60 else "")}


class Fault(NamedTuple):
    """One thing that is wrong: the input that it belongs to (None: the record as a whole), what is said of it, its stable code;
    ``about`` are all inputs that it comes of, where these are several."""

    field: str | None
    message: Any
    code: str = "invalid"
    about: tuple[str, ...] = ()

    def is_beside(self, faulty: Collection[str | None]) -> bool:
        """Whether it stands beside what is known to be faulty, and does not come of it."""
        return self.field not in faulty and not {*self.about} & {*faulty}


class DomainError(Exception):
    """A refusal that the person can understand and act on.

    ``code`` is stable and machine-readable; ``message`` is for people; ``field`` names the input it belongs to.
    """

    status = 400

    def __init__(self, code: str, message: Any, *, field: str | None = None, **data: Any) -> None:
        super().__init__(str(message))
        self.code, self.message, self.field, self.data = code, message, field, data

    @property
    def faults(self) -> list[Fault]:
        """Everything that is wrong; of a record that breaks several rules there are several."""
        return list(self.data.get("faults", [Fault(self.field, self.message, self.code)]))


class Invalid(DomainError):
    """The input breaks a rule."""

    status = 422


class Faults:
    """Gathers what is wrong with an input, so that all of it is told at once and not one fault after the other."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self._is_conflict = True

    def add(
        self, code: str, message: Any, *, field: str | None = None, about: tuple[str, ...] = (), is_conflict: bool = False
    ) -> None:
        """Notes a fault; of one field the first one counts."""
        if field is None or field not in {fault.field for fault in self.found}:
            self.found.append(Fault(field, message, code, about))
            self._is_conflict = self._is_conflict and is_conflict

    @contextmanager
    def kept(self, within: str = "") -> Iterator[None]:
        """Notes what the block raises as Invalid, and goes on; ``within`` is the field that its fields lie in."""
        try:
            yield
        except Invalid as refusal:
            for fault in refusal.faults:
                field = f"{within}.{fault.field}" if within and fault.field else fault.field or within or None
                self.add(fault.code, fault.message, field=field, about=fault.about)

    def refuse(self) -> None:
        """Raises Invalid with everything found, or Conflict when others were first in all of it: code, message and field are those of
        the first fault."""
        if self.found:
            field, message, code, _about = self.found[0]
            raise (Conflict if self._is_conflict else Invalid)(code, message, field=field, faults=list(self.found))


class NotFound(DomainError):
    """It does not exist, or the actor may not know that it does. Without words it says just that."""

    status = 404

    def __init__(self, code: str = "not_found", message: Any = None, *, field: str | None = None, **data: Any) -> None:
        words = _("This does not exist, or is not yours to see.") if message is None else message
        super().__init__(code, words, field=field, **data)


class Denied(DomainError):
    """The actor sees it, but may not do this."""

    status = 403


class TooOften(DomainError):
    """Right in itself, but done too often just now; ``seconds`` says how long to wait."""

    status = 429

    def __init__(self, message: Any, *, seconds: int, field: str | None = None) -> None:
        super().__init__("too_often", message, field=field, seconds=seconds)


class Conflict(DomainError):
    """Somebody else was first; ``data`` says what changed."""

    status = 409
