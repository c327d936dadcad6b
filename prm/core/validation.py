"""The checks that Django derives from a model, told as a domain error."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.core.countries import COUNTRIES
from prm.core.currencies import CODES
from prm.core.errors import Fault, Invalid
from prm.core.mailing import is_mailable
from prm.core.text import holds_link, is_plain_line


def plain_name(name: str) -> None:
    """The validator of people's names, which stand in mails of ours: ValidationError unless it is one line of visible signs, and no link.

    It hangs on the columns, so that whoever writes a name meets it: pages, API, commands.
    """
    if not is_plain_line(name):
        raise ValidationError(_("A name is one line, without control characters."), code="not_plain")
    if holds_link(name):
        raise ValidationError(_("A name holds no web address."), code="not_plain")


def mail_address(email: str) -> None:
    """Raises ValidationError for an address that Django's validator lets pass and no mail can be written to (``is_mailable``). The letter
    would be tried for hours, and end as one that an operator has to look at."""
    if not is_mailable(email):
        raise ValidationError(_("No e-mail can be sent to this address."), code="not_mailable")


def known_country(code: str) -> None:
    """The validator of columns that hold a country: ValidationError for a code that none has."""
    if code not in COUNTRIES:
        raise ValidationError(_("There is no country of this code."), code="unknown_country")


def known_currency(code: str) -> None:
    """The validator of columns that hold a currency: ValidationError for a code that none has."""
    if code not in CODES:
        raise ValidationError(_("There is no currency of this code."), code="unknown_currency")


def past_year(year: int) -> None:
    """The validator of years in which something happened: ValidationError for one that is still to come."""
    if year > timezone.localdate().year:
        raise ValidationError(_("This year is still to come."), code="year_to_come")


def validate(instance: models.Model, *, exclude: Collection[str] = (), constraints: bool = True) -> None:
    """``full_clean`` that raises Invalid: ``field`` is the first field at fault, ``faults`` has all of them.

    Without ``constraints`` those of the table, uniqueness among them, are left to the database, which saves one query each where rows
    are many.
    """
    try:
        instance.full_clean(exclude=set(exclude), validate_unique=constraints, validate_constraints=constraints)
    except ValidationError as error:
        raise from_validation(error) from error


def from_validation(error: ValidationError) -> Invalid:
    """A ValidationError as Invalid, with every message kept under its field (None: the record as a whole)."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    faults = [
        Fault(None if field == NON_FIELD_ERRORS else field, text) for field, texts in by_field.items() for text in texts
    ]
    first = faults[0]
    return Invalid(first.code, first.message, field=first.field, faults=faults)
