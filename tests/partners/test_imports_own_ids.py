"""A list that was exported here, corrected in a spreadsheet and brought back meets the companies that it is about (P2)."""

from __future__ import annotations

from typing import Any

import pytest

from prm.core.ids import typeid_encode

pytestmark = pytest.mark.django_db

#: As a list of companies is exported: no country, no website, nothing else by which a company is told from another.
HEAD = "Id,Name,City,Typology,Employees,Known\n"


def _ours(sql: Any) -> list[str]:
    return [typeid_encode("company", pk) for (pk,) in sql("SELECT id FROM partners_company ORDER BY name")]


def test_an_exported_list_comes_back_to_its_companies(bring: Any, sql: Any) -> None:
    bring("companies", "Ref,Company,City,Country,Employees\nA1,Kerlan,Brest,FR,46\nA2,Isère Cloud,Grenoble,FR,30\n")
    isere, kerlan = _ours(sql)
    batch = bring(
        "companies", f"{HEAD}{kerlan},Kerlan,Brest,VAR,48,0.9333\n{isere},Isère Cloud,Grenoble,,30,0.8\n", source="desk"
    )
    assert (batch.created, batch.updated + batch.unchanged, batch.rows_rejected) == (0, 2, 0)
    assert sql("SELECT name, employees, typology FROM partners_company ORDER BY name") == [
        ("Isère Cloud", 30, None),
        ("Kerlan", 48, "var"),
    ]
    ids = [("A1",), ("A2",)]
    assert sql("SELECT external_id FROM partners_companyexternalid ORDER BY 1") == ids, "an id of ours is nobody else's"


def test_it_comes_back_to_the_company_that_one_of_them_became_part_of(bring: Any, sql: Any) -> None:
    bring("companies", "Ref,Company,Country\nA1,Kerlan,FR\nA2,Kerlan Ouest,FR\n")
    _kerlan, west = _ours(sql)
    merged = "UPDATE partners_company SET merged_into_id = (SELECT id FROM partners_company WHERE name = 'Kerlan')"
    sql(f"{merged} WHERE name = 'Kerlan Ouest' RETURNING id")
    batch = bring("companies", f"{HEAD}{west},Kerlan,Brest,,48,1\n", source="desk")
    assert (batch.created, batch.updated) == (0, 1)
    assert sql("SELECT employees FROM partners_company WHERE name = 'Kerlan'") == [(48,)]


def test_a_list_of_partners_comes_back_by_the_partners_ids(bring: Any, sql: Any) -> None:
    bring("resellers", "Reseller id,Name,Country\nR1,Kerlan,FR\n")
    partner = typeid_encode("partner", sql("SELECT id FROM partners_partner")[0][0])
    batch = bring("resellers", f"Id,Name,Employees\n{partner},Kerlan,48\n", source="desk")
    assert (batch.created, batch.updated) == (0, 1)
    assert sql("SELECT count(*), max(employees) FROM partners_company") == [(1, 48)]


def test_an_id_of_another_installation_is_an_id_of_its_source(bring: Any, sql: Any) -> None:
    batch = bring("companies", f"{HEAD}company_01h455vb4pex5vsknk084sn02q,Kerlan,Brest,,48,1\n", source="elsewhere")
    assert batch.created == 1
    assert sql("SELECT external_id FROM partners_companyexternalid") == [("company_01h455vb4pex5vsknk084sn02q",)]
