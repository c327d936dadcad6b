"""Where companies are, as files tell it: code and position are true of one town, and go with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prm.access.roles import as_role
from prm.partners.models import Company, FactSource, SourceKind

pytestmark = pytest.mark.django_db

BREST = "Account ID,Company,City,Postal code,Latitude,Longitude\nA1,Kerlan Systèmes,Brest,29200,48.39,-4.48\n"
WHERE = "SELECT city, postal_code, latitude, longitude FROM partners_company"


def test_a_new_town_without_a_code_takes_code_and_position_of_the_old_one_along(bring: Any, take_back: Any, sql: Any) -> None:
    """Kerlan became "29200 Lorient", which is Brest."""
    bring("companies", BREST, as_of=date(2026, 3, 12))
    batch = bring("companies", "Account ID,Company,City\nA1,Kerlan Systèmes,Lorient\n", as_of=date(2026, 9, 1))
    assert sql(WHERE) == [("Lorient", None, None, None)]
    assert sql("SELECT field, status FROM partners_companyfact ORDER BY field") == [
        ("city", "superseded"), ("latitude", "superseded"), ("postal_code", "superseded"),
    ]  # fmt: skip
    take_back(batch)
    assert sql(WHERE) == [("Brest", "29200", 48.39, -4.48)]


@pytest.mark.parametrize("row", ["A1,Kerlan Systèmes,BREST,", "A1,Kerlan Systèmes,,", "A1,Kerlan Systèmes,Brest,29200"])
def test_the_same_town_written_otherwise_keeps_its_code_and_position(bring: Any, sql: Any, row: str) -> None:
    bring("companies", BREST, as_of=date(2026, 3, 12))
    bring("companies", f"Account ID,Company,City,Postal code\n{row}\n", as_of=date(2026, 9, 1))
    assert sql(WHERE)[0][1:] == ("29200", 48.39, -4.48)


def test_a_code_that_comes_with_the_town_is_taken_and_one_that_a_person_entered_stays(
    bring: Any, sql: Any, director: Any
) -> None:
    bring("companies", BREST, as_of=date(2026, 3, 12))
    bring("companies", "Account ID,Company,City,Postal code\nA1,Kerlan Systèmes,Lorient,56100\n", as_of=date(2026, 5, 1))
    assert sql(WHERE) == [("Lorient", "56100", None, None)]
    with as_role(director):
        person = FactSource.objects.create(kind=SourceKind.MANUAL, name="Claire Rousset", key="person:1")
        company = Company.objects.get()
        company.provenance["postal_code"] = [str(person.pk), "2026-06-01", None]
        company.save()
    bring("companies", "Account ID,Company,City\nA1,Kerlan Systèmes,Vannes\n", as_of=date(2026, 9, 1))
    assert sql(WHERE) == [("Vannes", "56100", None, None)]
