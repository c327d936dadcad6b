"""What can go wrong by the rules of the domain, told apart from what is broken.

Services raise these; pages turn them into a message at the right field, the API into problem+json. The message is a
lazy translation, so that it is read in the person's language.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal that the person can understand and act on.

    ``code`` is stable and machine-readable; ``message`` is for people; ``field`` names the input it belongs to.
    """

    status = 400

    def __init__(self, code: str, message: Any, *, field: str | None = None, **data: Any) -> None:
        super().__init__(str(message))
        self.code, self.message, self.field, self.data = code, message, field, data

    @property
    def by_field(self) -> list[tuple[str | None, Any]]:
        """Every message with the input that it belongs to; of a record that breaks several rules there are several."""
        return list(self.data.get("errors", [(self.field, self.message)]))


class Invalid(DomainError):
    """The input breaks a rule."""

    status = 422


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
