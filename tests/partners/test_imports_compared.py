"""Before a file is written: which known companies its rows meet, which cells would change, which stay and why (P2)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import Conflict, Invalid, NotFound
from prm.imports.models import ImportBatch
from prm.imports.runner.comparing import Match
from prm.imports.selectors_matches import apart_list, match_list, match_rows_list, repeat_list
from prm.imports.services import import_check_start, import_create, import_settings, import_write_start
from prm.imports.services_fix import import_row_apart, import_value_fix
from prm.jobs.runner.work import run_inline
from prm.partners.models import Company, FactSource, SourceKind

pytestmark = pytest.mark.django_db

Check = Callable[..., ImportBatch]


@pytest.fixture
def check(director: Actor, settings: Any, tmp_path: Any) -> Check:
    """Uploads and checks; nothing is written."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def do(content: str, *, target: str = "companies", source: str = "Fair", **options: Any) -> ImportBatch:
        with as_role(director):
            batch = import_create(
                actor=director,
                target=target,
                upload=io.BytesIO(content.encode()),
                file_name="fair.csv",
                source=source,
                **options,
            )
            job = import_check_start(actor=director, batch=batch)
        run_inline(job)
        with as_role(director):
            batch.refresh_from_db()
        assert batch.state == "checked", batch.error_kinds
        return batch

    return do


@pytest.fixture
def write(director: Actor) -> Callable[[ImportBatch], ImportBatch]:
    """Writes what is checked."""

    def do(batch: ImportBatch) -> ImportBatch:
        with as_role(director):
            job = import_write_start(actor=director, batch=batch)
        run_inline(job)
        with as_role(director):
            batch.refresh_from_db()
        return batch

    return do


@pytest.fixture
def matches(director: Actor) -> Callable[[ImportBatch], list[Match]]:
    """What the rows of a checked file meet."""

    def of(batch: ImportBatch) -> list[Match]:
        with as_role(director):
            return match_list(actor=director, batch=batch, rows=match_rows_list(actor=director, batch=batch))

    return of


def changes(match: Match) -> dict[str, tuple[Any, Any]]:
    return {cell.field: (cell.before, cell.after) for cell in match.cells if not cell.kept}


def kept(match: Match) -> dict[str, str]:
    return {cell.field: cell.kept for cell in match.cells if cell.kept}


KNOWN = (
    "ID,Company,Country,City,Website,Employees,Turnover,Brands,Certifications\n"
    "K1,Kerlan Systèmes,FR,Brest,kerlan.example,46,€8.4 M,Tessel,12\n"
    "K2,Isère Cloud,FR,Grenoble,isere.example,,,,\n"
)
SITE = "ID,City,Street,Postal code,Region,Country,Employees\nK1,Brest,1 quai,29200,Bretagne,FR,{}\n"


def test_the_check_shows_which_company_a_row_meets_and_each_cell_before_and_after(
    bring: Any, check: Check, matches: Any, sql: Any
) -> None:
    bring("companies", KNOWN, as_of=date(2026, 3, 12))
    before = sql("SELECT * FROM partners_company ORDER BY id")
    batch = check(
        "External id,Company,Country,City,Website,Employees,Turnover,Brands,Certifications\n"
        "F1,Kerlan Systemes SAS,FR,Brest,www.kerlan.example,58,€9 M,Nordwall|Tessel,14\n"
        "F2,Isère Cloud,France,GRENOBLE,,,,,\n"
        "F3,Opaline,France,,,,,,\n",
        as_of=date(2026, 10, 1),
    )  # fmt: skip
    first, second = matches(batch)
    assert (first.row_no, first.called, first.record_name, first.match_on) == (
        2,
        "Kerlan Systemes SAS",
        "Kerlan Systèmes",
        "domain",
    )
    assert first.record_id == sql("SELECT id FROM partners_company WHERE domain = 'kerlan.example'")[0][0]
    found = changes(first)
    assert found["name"] == ("Kerlan Systèmes", "Kerlan Systemes SAS")
    assert found["employees"] == (46, 58)
    assert found["external_id"] == (None, "F1")
    assert found["vendors"] == (None, ["Nordwall"])
    assert found["m_certifications"] == (12, 14)
    assert [value["revenue"] for value in found["revenue"]] == ["8400000.0000", "9000000.0000"]
    assert (second.match_on, changes(second)) == ("name", {"external_id": (None, "F2")})
    assert kept(second) == {"city": "spelling"}
    assert batch.forecast["cells"] == {"changed": len(first.cells) + 1, "spelling": 1}
    assert sql("SELECT * FROM partners_company ORDER BY id") == before, "a look changes nothing"
    assert sql("SELECT count(*) FROM partners_factsource WHERE key = 'import:fair'") == [(0,)]


def test_what_the_check_foretells_is_what_writing_does(bring: Any, check: Check, write: Any, matches: Any, sql: Any) -> None:
    bring("companies", KNOWN, as_of=date(2026, 3, 12))
    batch = check("Company,Country,City,Website,Employees\nKERLAN,FR,Lorient,kerlan.example,58\n", as_of=date(2026, 10, 1))
    told = changes(matches(batch)[0])
    write(batch)
    found = (
        "SELECT c.{0}::text, b.before->>'{0}' FROM partners_company c JOIN imports_importbefore b ON b.object_id = c.id"
        " WHERE b.table_name = 'partners_company'"
    )
    for field, (before, after) in told.items():
        assert sql(found.format(field)) == [(str(after), str(before))]
    assert set(told) == {"name", "city", "employees"}


def test_cells_that_stay_are_told_with_the_reason_before_and_after(
    bring: Any, check: Check, write: Any, matches: Any, sql: Any, director: Actor
) -> None:
    bring("companies", KNOWN, as_of=date(2026, 3, 12))
    with as_role(director):
        person = FactSource.objects.create(kind=SourceKind.MANUAL, name="Claire Rousset", key="person:1")
        registry = FactSource.objects.create(kind=SourceKind.REGISTRY, name="Infogreffe", key="registry:1")
        company = Company.objects.get(domain="kerlan.example")
        company.provenance |= {
            "employees": [str(person.pk), "2026-01-01", None],
            "city": [str(registry.pk), "2026-01-01", None],
        }
        company.save()
    text = "Company,Country,City,Website,Employees,Turnover\nKERLAN SYSTÈMES,FR,Lorient,kerlan.example,60,€7 M\n"
    batch = check(text, as_of=date(2026, 2, 1))
    match = matches(batch)[0]
    assert kept(match) == {"name": "spelling", "employees": "person", "city": "source", "revenue": "newer"}
    assert {cell.field: (cell.told_by, cell.told_on) for cell in match.cells if cell.kept in {"person", "source"}} == {
        "employees": ("Claire Rousset", date(2026, 1, 1)), "city": ("Infogreffe", date(2026, 1, 1)),
    }  # fmt: skip
    reasons = {"spelling": 1, "person": 1, "source": 1, "newer": 1}
    assert batch.forecast["cells"] == reasons
    write(batch)
    assert batch.cells_kept == reasons
    assert sql("SELECT name, employees, city FROM partners_company WHERE domain = 'kerlan.example'") == [
        ("Kerlan Systèmes", 46, "Brest")
    ]
    assert sorted(sql("SELECT field FROM partners_companyfact WHERE status = 'proposed'")) == [
        ("city",),
        ("employees",),
        ("revenue",),
    ]


@pytest.mark.parametrize("written", ["Kerlan Systemes", "KERLAN SYSTÈMES", "Kerlan-Systèmes", "kerlan  systemes."])
def test_a_match_by_name_never_changes_how_the_name_is_written(bring: Any, sql: Any, written: str) -> None:
    bring("companies", "Company,Country,Employees\nKerlan Systèmes,FR,46\n", source="CRM", as_of=date(2026, 3, 12))
    for source in ("CRM", "Fair"):
        batch = bring("companies", f"Company,Country,Employees\n{written},FR,50\n", source=source, as_of=date(2026, 10, 1))
        assert (batch.created, batch.cells_kept) == (0, {"spelling": 1})
    assert sql("SELECT name, employees FROM partners_company") == [("Kerlan Systèmes", 50)]
    assert sql("SELECT count(*) FROM partners_companyfact WHERE field = 'name'") == [(0,)], "another spelling is no proposal"


def test_a_list_that_knows_the_company_by_its_own_id_corrects_its_spelling(bring: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Country\nK1,KERLAN SYSTEMES,FR\n", source="CRM", as_of=date(2026, 3, 12))
    bring("companies", "ID,Company,Country\nK1,Kerlan Systèmes,FR\n", source="CRM", as_of=date(2026, 10, 1))
    assert sql("SELECT name FROM partners_company") == [("Kerlan Systèmes",)]


def test_a_person_recognised_by_the_name_keeps_how_it_is_written(bring: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Country\nK1,Kerlan Systèmes,FR\n")
    bring("people", "Company,Full name,Job title\nKerlan Systèmes,Maël Briand,Sales\n")
    batch = bring("people", "Company,Full name,Job title\nKerlan Systèmes,MAEL BRIAND,Head of sales\n")
    assert sql("SELECT p.name, p.title FROM accounts_person p JOIN partners_position t ON t.person_id = p.id") == [
        ("Maël Briand", "Head of sales")
    ]
    assert batch.cells_kept == {"spelling": 1}


def test_rows_that_repeat_an_earlier_one_are_told_with_the_row_they_repeat(check: Check, director: Actor) -> None:
    batch = check(
        "Company,Country,Website\nKerlan,FR,kerlan.example\nOpaline,FR,\nKerlan Group,BE,www.kerlan.example\nOPALINE,France,\nOpaline,FR,\n"
    )
    with as_role(director):
        found = repeat_list(actor=director, batch=batch)
    assert [(r.row_no, r.called, r.of_row_no, r.of_called, r.match_on) for r in found] == [
        (4, "Kerlan Group", 2, "Kerlan", "domain"), (5, "OPALINE", 3, "Opaline", "name"), (6, "Opaline", 3, "Opaline", "name"),
    ]  # fmt: skip
    assert batch.forecast["repeated"] == 3


def test_the_summary_counts_as_the_dry_run_did(bring: Any, check: Check, write: Any) -> None:
    head = "Company,Country,Website,Employees\n"
    bring("companies", head + "Kerlan,FR,kerlan.example,40\nOpaline,FR,,5\nBreizh,FR,,7\n", source="Register")
    batch = check(
        head
        + "Kerlan,FR,kerlan.example,40\nOPALINE,FR,,6\nDelta,IT,,9\nDelta,IT,,9\n"
        + "Kerlan Group,FR,kerlan.example,41\nBreizh,FR,,7\nNova,BE,,x\n"
    )
    told = batch.forecast
    assert (told["new"], told["known"], told["updates"], told["repeated"]) == (1, {"domain": 1, "name": 2}, 1, 2)
    write(batch)
    written = (batch.created, batch.updated, batch.unchanged, batch.skipped, batch.repeated, batch.rows_rejected)
    assert written == (told["new"], told["updates"], sum(told["known"].values()) - told["updates"], 0, told["repeated"], 1)
    assert sum(written) == batch.rows_total


def test_a_row_that_is_corrected_into_a_repetition_is_foretold_as_one(check: Check, write: Any, director: Actor) -> None:
    batch = check("Company,Country,Employees\nDelta,IT,9\nDelta,Itally,9\n")
    assert (batch.forecast["new"], batch.forecast["repeated"]) == (1, 0)
    with as_role(director):
        import_value_fix(actor=director, batch=batch, column=1, code="not_country", old="Itally", new="Italy")
        batch.refresh_from_db()
    assert (batch.forecast["new"], batch.forecast["repeated"]) == (1, 1)
    write(batch)
    assert (batch.created, batch.repeated) == (1, 1)


def test_a_row_that_a_person_says_is_another_company_becomes_one(
    bring: Any, check: Check, write: Any, sql: Any, director: Actor
) -> None:
    bring("companies", "Company,Country,Website,Employees\nDelta,FR,delta.example,10\nOpaline,FR,,5\n")
    batch = check("Company,Country,Website,Employees\nDelta Italia,IT,delta.example,70\nOpaline,FR,,6\n")
    assert batch.forecast["known"] == {"domain": 1, "name": 1}
    with as_role(director):
        batch = import_row_apart(actor=director, batch=batch, row_no=2)
        assert (batch.forecast["known"], batch.forecast["new"], batch.forecast["cells"]) == (
            {"name": 1},
            1,
            {"changed": 1},
        )
        assert match_rows_list(actor=director, batch=batch) == [3]
        assert apart_list(actor=director, batch=batch) == [(2, "Delta Italia")]
    write(batch)
    assert (batch.created, batch.updated) == (1, 1)
    assert sql("SELECT name, employees FROM partners_company ORDER BY name") == [
        ("Delta", 10),
        ("Delta Italia", 70),
        ("Opaline", 6),
    ]


def test_the_decision_can_be_taken_back_and_goes_with_another_reading_of_the_file(
    bring: Any, check: Check, director: Actor
) -> None:
    bring("companies", "Company,Country,Website\nDelta,FR,delta.example\n")
    batch = check("Company,Country,Website\nDelta Italia,IT,delta.example\n")
    before = dict(batch.forecast)
    with as_role(director):
        batch = import_row_apart(actor=director, batch=batch, row_no=2)
        batch = import_row_apart(actor=director, batch=batch, row_no=2, apart=False)
        assert {k: v for k, v in batch.forecast["cells"].items() if v} == before["cells"]
        assert (batch.apart, batch.forecast["known"], batch.forecast["new"]) == ([], before["known"], 0)
        batch = import_row_apart(actor=director, batch=batch, row_no=2)
        assert import_settings(actor=director, batch=batch, chosen={"delimiter": ","}).apart == []


def test_only_a_row_that_may_be_another_record_is_set_apart(bring: Any, check: Check, write: Any, director: Actor) -> None:
    bring("companies", "ID,Company,Country\nK1,Kerlan,FR\n", source="CRM")
    batch = check("ID,Company,Country\nK1,Kerlan Group,FR\nK2,Opaline,FR\n", source="CRM")
    with as_role(director):
        with pytest.raises(Invalid):
            import_row_apart(actor=director, batch=batch, row_no=2)
        with pytest.raises(NotFound):
            import_row_apart(actor=director, batch=batch, row_no=3)
    write(batch)
    with as_role(director), pytest.raises(Conflict):
        import_row_apart(actor=director, batch=batch, row_no=2)


@pytest.mark.parametrize(("target", "first", "second", "told"), [
    ("sites", SITE.format(4), SITE.format(9), {"employees": (4, 9)}),
    ("products", "Code,Name,List price,Currency\nP1,Mur,100,EUR\n", "Code,Name,List price,Currency\nP1,Mur,120,EUR\n",
     {"list_price": ({"amount": "100.0000", "currency": "EUR"}, {"amount": "120.0000", "currency": "EUR"})}),
    ("people", "Company,Full name,Email,Job title\nKerlan,Anne Le Goff,anne@kerlan.example,Sales\n",
     "Company,Full name,Email,Job title\nKerlan,Anne Le Goff,anne@kerlan.example,CEO\n",
     {"title": ("Sales", "CEO"), "department": ("sales", "management")}),
])  # fmt: skip
def test_each_kind_of_record_shows_what_changes(
    bring: Any, check: Check, write: Any, matches: Any, target: str, first: str, second: str, told: dict[str, Any]
) -> None:
    bring("companies", "ID,Company,Country\nK1,Kerlan,FR\n", source="CRM")
    bring(target, first, source="CRM")
    batch = check(second, target=target, source="CRM")
    assert [changes(match) for match in matches(batch)] == [told], batch.forecast
    assert (write(batch).created, batch.updated) == (0, 1)


def test_sales_and_resellers_show_what_changes(bring: Any, check: Check, matches: Any) -> None:
    head = "ID,Company,Country,Territory,Share of its business with us\n"
    bring("resellers", f"{head}A1,Isère Cloud,FR,Rhône,20 %\n", source="CRM")
    bring("products", "Code,Name\nP1,Mur\n", source="CRM")
    line = "Order number,Order line,Partner,Product,Date,Quantity,Amount,Currency\nO1,1,A1,P1,2026-01-12,{},{},EUR\n"
    bring("sales", line.format(2, 1200), source="CRM")
    share = check(f"{head}A1,Isère Cloud,FR,Rhône,35 %\n", target="resellers", source="CRM")
    assert [changes(match) for match in matches(share)] == [{"dedicated_share": (0.2, 0.35)}]
    sale = check(line.format(3, 1800), target="sales", source="CRM")
    assert {name: new for name, (_old, new) in changes(matches(sale)[0]).items()} == {
        "quantity": 3, "amount": {"amount": "1800.0000", "currency": "EUR"}
    }  # fmt: skip
