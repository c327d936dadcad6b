"""Files into the partner model: what comes in, what is recognised, whom it does not overrule, undo (P1, P2)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from prm.access.roles import as_role
from prm.core.errors import Conflict
from prm.partners.models import Company, CompanyFact, FactSource, SourceKind
from prm.partners.selectors.replaced import replaced_by_files
from prm.partners.services.companies import company_edit

pytestmark = pytest.mark.django_db

FILE = (
    "Account ID,Company,Type,Country,City,Website,Employees,Turnover,Brands,Certifications,Level\n"
    "A1,Kerlan Systèmes,VAR,France,Brest,https://www.kerlan.example/fr,46,€8.4 M,Tessel|Nordwall,12,Premier\n"
    "A2,Isère Cloud,MSP,FR,Grenoble,isere.example,,,Tessel,,\n"
)


def test_a_file_brings_companies_with_source_measures_and_vendors(bring: Any, sql: Any) -> None:
    batch = bring("companies", FILE, as_of=date(2026, 3, 12))
    assert (batch.created, batch.rows_rejected) == (2, 0)
    found = sql(
        "SELECT name, name_key, typology, country, city_key, domain, employees, revenue, revenue_currency, revenue_reporting,"
        " stalest_on, version FROM partners_company ORDER BY name"
    )
    assert found[1] == (
        "Kerlan Systèmes", "kerlan systemes", "var", "FR", "brest", "kerlan.example", 46, Decimal(8_400_000), "EUR",
        Decimal(8_400_000), date(2026, 3, 12), 1,
    )  # fmt: skip
    assert found[0][6:8] == (None, None), "what the file does not know stays unknown, never 0"
    source, kind = sql("SELECT id, kind FROM partners_factsource")[0]
    assert kind == "import"
    assert json.loads(json.dumps(sql("SELECT provenance FROM partners_company LIMIT 1")[0][0])) in (
        {"*": [str(source), "2026-03-12", None]},
        f'{{"*": ["{source}", "2026-03-12", null]}}',
    )
    carried = sql(
        "SELECT c.name, v.name FROM partners_vendorcarried t JOIN partners_company c ON c.id = t.company_id"
        " JOIN partners_vendor v ON v.id = t.vendor_id ORDER BY 1, 2"
    )
    assert carried == [("Isère Cloud", "Tessel"), ("Kerlan Systèmes", "Nordwall"), ("Kerlan Systèmes", "Tessel")]
    measured = sql(
        "SELECT m.key, v.value, v.word FROM partners_companymeasure v JOIN partners_measure m ON m.id = v.measure_id ORDER BY 1"
    )
    assert measured == [("certifications", Decimal(12), None), ("programme_level", None, "Premier")]
    assert sql("SELECT count(*) FROM partners_companyword WHERE word LIKE 'kerl%%'") == [(2,)]


def test_a_name_without_a_letter_is_told_before_anything_is_written(bring: Any) -> None:
    batch = bring("companies", "Company,Country\n???!!,FR\nKerlan,FR\n")
    assert (batch.created, batch.rows_rejected) == (1, 1)
    assert [(kind["field"], kind["code"]) for kind in batch.error_kinds] == [("name", "name_without_letters")]


def test_a_company_founded_in_a_year_to_come_is_told(bring: Any) -> None:
    batch = bring("companies", "Company,Country,Founded in\nTomorrow,FR,2090\nKerlan,FR,2004\n")
    assert (batch.created, batch.rows_rejected) == (1, 1)
    assert [(kind["field"], kind["code"]) for kind in batch.error_kinds] == [("founded_year", "year_to_come")]


def test_the_same_file_again_changes_nothing(bring: Any, sql: Any) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    before = sql("SELECT id, updated_at, version FROM partners_company ORDER BY id")
    batch = bring("companies", FILE, as_of=date(2026, 3, 12))
    assert (batch.created, batch.updated, batch.unchanged) == (0, 0, 2)
    assert sql("SELECT id, updated_at, version FROM partners_company ORDER BY id") == before
    assert sql("SELECT count(*) FROM partners_vendorcarried") == [(3,)]


def test_a_later_file_supersedes_and_keeps_what_was_there(bring: Any, sql: Any) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    batch = bring("companies", "Account ID,Company,Employees\nA1,Kerlan Systèmes,52\n", as_of=date(2026, 9, 1))
    assert batch.updated == 1
    row = sql(
        "SELECT employees, version, provenance->'employees'->>1, stalest_on, revenue FROM partners_company WHERE employees IS NOT NULL"
    )
    assert row == [(52, 2, "2026-09-01", date(2026, 3, 12), Decimal(8_400_000))]
    facts = sql("SELECT field, status, value::text, as_of FROM partners_companyfact")
    assert facts == [("employees", "superseded", "46", date(2026, 3, 12))]


def test_what_files_changed_stands_in_the_companys_history_and_what_people_changed_is_not_told_twice(
    bring: Any, director: Any, client_of: Any
) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    bring("companies", "Account ID,Company,Employees\nA1,Kerlan Systèmes,52\n", as_of=date(2026, 9, 1))
    with as_role(director):
        company = Company.objects.get(name_key="kerlan systemes")
        company_edit(actor=director, company_id=company.pk, values={"employees": 55})
        told = replaced_by_files(actor=director, company=Company.objects.get(pk=company.pk))
        assert [one.changes for one in told] == [{"employees": (46, 52)}]
    page = " ".join(client_of(director).get(f"/companies/{company.public_id}/history").content.decode().split())
    assert "changed a fact" in page
    assert page.count("Employees 46 → 52") == 1
    assert page.count("Employees 52 → 55") == 1


def test_an_older_file_only_proposes(bring: Any, sql: Any) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    older = "Account ID,Company,Employees\nA1,Kerlan Systèmes,31\n"
    bring("companies", older, as_of=date(2024, 1, 1))
    bring("companies", older, as_of=date(2024, 1, 1))
    assert sql("SELECT employees FROM partners_company WHERE employees IS NOT NULL") == [(46,)]
    assert sql("SELECT field, status, value::text, as_of FROM partners_companyfact") == [
        ("employees", "proposed", "31", date(2024, 1, 1))
    ]


def test_what_a_person_entered_stands_against_files(bring: Any, sql: Any, director: Any) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    with as_role(director):
        person = FactSource.objects.create(kind=SourceKind.MANUAL, name="Claire Rousset", key="person:1")
        company = Company.objects.get(name_key="kerlan systemes")
        company.employees = 47
        company.provenance["employees"] = [str(person.pk), "2026-01-01", None]
        company.save()
    bring("companies", "Account ID,Company,Employees,City\nA1,Kerlan Systèmes,60,Quimper\n", as_of=date(2026, 10, 1))
    assert sql("SELECT employees, city FROM partners_company WHERE name_key = 'kerlan systemes'") == [(47, "Quimper")]
    with as_role(director):
        proposed = CompanyFact.objects.get(status="proposed")
    assert (proposed.field, proposed.value) == ("employees", 60)


def test_known_companies_are_recognised_by_number_domain_and_name(bring: Any, sql: Any) -> None:
    bring(
        "companies",
        "Company,Country,Website,SIREN\nKerlan Systèmes,FR,kerlan.example,812 404 117\nOpaline IT,FR,,\n",
        source="One",
    )
    batch = bring(
        "companies",
        "ID,Company,Country,Website,SIREN,Employees\n"
        "X1,KERLAN SYSTEMES SAS,France,,812404117,46\n"
        "X2,Opaline I.T.,France,,,12\n",
        source="Two",
    )
    assert (batch.created, batch.updated, batch.rows_rejected) == (1, 1, 0), "'Opaline I.T.' is another key than 'Opaline IT'"
    assert sql("SELECT employees FROM partners_company WHERE registration_key = '812404117'") == [(46,)]


def test_two_ids_of_one_source_stay_two_companies_on_one_domain(bring: Any, sql: Any) -> None:
    batch = bring("companies", "ID,Company,Website\nD1,Delta France,delta.example\nD2,Delta Italia,delta.example\n")
    assert (batch.created, batch.updated) == (2, 0)


def test_sites_find_their_company_and_tell_its_place(bring: Any, sql: Any) -> None:
    bring("companies", "ID,Company\nA1,Kerlan Systèmes\n")
    text = (
        "external_id,country,state,city,street,postal_code,site_type,latitude,longitude\n"
        "A1,France,Bretagne,Brest,1 rue du Port,29200,Headquarters|Training,48.39,-4.49\n"
        "A1,France,,Rennes,,,Office,0,0\nB9,France,,Nantes,,,Office,0,0\n"
    )
    batch = bring("sites", text)
    assert (batch.created, batch.rows_rejected) == (2, 1)
    again = bring("sites", text)
    assert (again.created, again.updated) == (0, 0)
    assert sql("SELECT kind, city, latitude FROM partners_site ORDER BY city") == [
        ("headquarters", "Brest", 48.39),
        ("office", "Rennes", None),
    ]
    assert sql("SELECT country, region, city, latitude FROM partners_company") == [("FR", "Bretagne", "Brest", 48.39)]


PEOPLE = (
    "Société;Prénom;Nom;Fonction;Courriel;Portable\n"
    "Kerlan Systèmes;Anne;Le Goff;Directrice commerciale;anne.legoff@kerlan.example;02 40 00 12 34\n"
    "Kerlan Systèmes;Yann;Morvan;Technicien;;\n"
    ";Luc;Petit;Gérant;luc@opaline.example;\n"
    "Nobody knows;Jean;Dupont;;;\n"
)


def people(sql: Any) -> list[Any]:
    return sql(
        "SELECT c.name, p.name, p.title, p.email, t.department, t.level FROM partners_position t"
        " JOIN accounts_person p ON p.id = t.person_id JOIN partners_company c ON c.id = t.company_id ORDER BY p.name"
    )


def test_people_find_their_company_by_name_or_address_and_their_title_says_what_they_do(bring: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Website\nA1,Kerlan Systèmes,kerlan.example\nA2,Opaline,opaline.example\n")
    batch = bring("people", PEOPLE)
    assert (batch.created, batch.rows_rejected) == (3, 1)
    assert people(sql) == [
        ("Kerlan Systèmes", "Anne Le Goff", "Directrice commerciale", "anne.legoff@kerlan.example", "sales", "head"),
        ("Opaline", "Luc Petit", "Gérant", "luc@opaline.example", "management", "executive"),
        ("Kerlan Systèmes", "Yann Morvan", "Technicien", "", "technical", None),
    ]
    assert (bring("people", PEOPLE).created, len(people(sql))) == (0, 3)


def test_people_of_a_file_change_those_who_are_there_and_undo_brings_them_back(bring: Any, take_back: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Website\nA1,Kerlan Systèmes,kerlan.example\nA2,Opaline,opaline.example\n")
    first = bring("people", PEOPLE)
    before = people(sql)
    later = bring(
        "people",
        "company;name;title;email\nKerlan Systèmes;Yann Morvan;CTO;yann@kerlan.example\n"
        "Kerlan Systèmes;Anne Le Goff;;a.legoff@kerlan.example\n",
    )
    assert (later.created, later.updated) == (1, 1), "another address is another Anne Le Goff"
    assert ("Kerlan Systèmes", "Yann Morvan", "CTO", "yann@kerlan.example", "technical", "executive") in people(sql)
    take_back(later)
    assert people(sql) == before
    take_back(first)
    assert (people(sql), sql("SELECT count(*) FROM accounts_person WHERE user_id IS NULL")) == ([], [(0,)])


def test_a_mailbox_that_anybody_can_have_names_no_company(bring: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Website\nA1,Orange,orange.fr\nA2,Opaline,opaline.example\n")
    batch = bring("people", "name;email\nAnne;anne@orange.fr\nLuc;luc@Opaline.example\n")
    assert ([(row[0], row[1]) for row in people(sql)], batch.rows_rejected) == ([("Opaline", "Luc")], 1)
    bring("people", "company;name;email\nOrange;Anne;anne@orange.fr\n")
    assert [(row[0], row[1]) for row in people(sql)] == [("Orange", "Anne"), ("Opaline", "Luc")]


@pytest.mark.django_db(transaction=True)
def test_who_got_another_place_since_stays_with_it_when_the_file_is_taken_back(bring: Any, take_back: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Website\nA1,Kerlan Systèmes,kerlan.example\nA2,Opaline,opaline.example\n")
    first = bring("people", PEOPLE)
    later = bring("people", "company;name;department\nKerlan Systèmes;Yann Morvan;Marketing\n")
    undone = take_back(first)
    assert people(sql) == [("Kerlan Systèmes", "Yann Morvan", "Technicien", "", "marketing", None)]
    assert undone.undo_result["kept"] == {"changed_since": 1, "used_elsewhere": 1}
    take_back(later)
    take_back(first)
    assert people(sql) == []


def test_a_file_of_people_names_none_of_the_vendors_own(bring: Any, sql: Any) -> None:
    bring("companies", "ID,Company,Website\nA1,Kerlan Systèmes,kerlan.example\n")
    own = sql("SELECT id, name, email FROM accounts_person WHERE user_id IS NOT NULL ORDER BY id")
    name, address = own[0][1:]
    bring("people", f"company;name;title;email\nKerlan Systèmes;{name};Spy;{address or 'spy@kerlan.example'}\n")
    assert sql("SELECT id, name, email FROM accounts_person WHERE user_id IS NOT NULL ORDER BY id") == own


RESELLERS = (
    "reseller_id,name,business_type,employees,annual_sales,territory,territory_group,country\n"
    "R1,A Bike Store,Value Added Reseller,2,300000.0,Northwest,North America,United States\n"
    "R2,Vélo Plus,Specialty Bike Shop,10,800000.0,France,Europe,France\n"
)
PRODUCTS = (
    "product_code,sku,name,name_fr,family,list_price,dealer_price,standard_cost\n"
    "212,HL-1,Helmet,Casque,Accessories,33.6442,20.1865,12.02\n"
)
SALES = (
    "order_number,line,order_date,reseller_id,product_code,quantity,unit_price,discount_pct,amount,cost\n"
    "SO1,1,2024-12-29,R1,212,2,20.1865,0.0,40.373,24.04\nSO1,2,2024-12-29,R1,212,1,20,0.1,18,12\nSO2,1,2025-01-03,R2,212,3,20,0,60,36\n"
)


def bring_network(bring: Any) -> list[Any]:
    return [
        bring(target, text, currency="EUR")
        for target, text in (("resellers", RESELLERS), ("products", PRODUCTS), ("sales", SALES))
    ]


def test_a_network_comes_in_as_active_partners_with_products_and_sales(bring: Any, sql: Any) -> None:
    batches = bring_network(bring)
    assert [(b.created, b.rows_rejected) for b in batches] == [(2, 0), (1, 0), (3, 0)]
    partners = sql(
        "SELECT c.name, c.typology, p.lifecycle, t.name, g.name, c.revenue FROM partners_partner p"
        " JOIN partners_company c ON c.id = p.company_id"
        " JOIN partners_partnerterritory l ON l.partner_id = p.id JOIN partners_territory t ON t.id = l.territory_id"
        " JOIN partners_territory g ON g.id = t.parent_id ORDER BY 1"
    )
    assert partners == [
        ("A Bike Store", "var", "active", "Northwest", "North America", Decimal(300_000)),
        ("Vélo Plus", "retailer", "active", "France", "Europe", Decimal(800_000)),
    ]
    assert sql(
        "SELECT f.name, p.names->>'fr' FROM partners_product p JOIN partners_productfamily f ON f.id = p.family_id"
    ) == [("Accessories", "Casque")]
    assert sql("SELECT sum(amount), sum(amount_reporting), count(DISTINCT partner_id) FROM partners_sale") == [
        (Decimal("118.373"), Decimal("118.373"), 2)
    ]


def test_a_network_twice_is_a_network_once(bring: Any, sql: Any) -> None:
    bring_network(bring)
    again = bring_network(bring)
    assert [(b.created, b.updated) for b in again] == [(0, 0)] * 3
    assert sql("SELECT count(*) FROM partners_partnermove") == [(2,)]


UNNUMBERED = (
    "facture,date,revendeur,désignation,qté,montant\n"
    "F1,2025-03-01,R1,Helmet,2,40\nF1,2025-03-01,R1,Gloves,1,10\nF2,2025-03-02,R2,Helmet,1,20\n"
)
GLOVES = "product_code,name,family\n212,Helmet,Accessories\n300,Gloves,Accessories\n"


def test_orders_without_line_numbers_come_in_whole_and_once(bring: Any, sql: Any) -> None:
    for target, text in (("resellers", RESELLERS), ("products", GLOVES)):
        bring(target, text, currency="EUR")
    first, again = (bring("sales", UNNUMBERED, currency="EUR") for _time in range(2))
    assert (first.created, first.rows_rejected) == (3, 0)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    lines = "SELECT s.order_number, s.order_line, p.name FROM partners_sale s JOIN partners_product p ON p.id = s.product_id ORDER BY 1, 2"
    assert sql(lines) == [("F1", 1, "Helmet"), ("F1", 2, "Gloves"), ("F2", 1, "Helmet")]


def test_part_of_a_known_order_without_line_numbers_overwrites_nothing(bring: Any, sql: Any) -> None:
    for target, text in (("resellers", RESELLERS), ("products", GLOVES), ("sales", UNNUMBERED)):
        bring(target, text, currency="EUR")
    head, _helmet, gloves, other = UNNUMBERED.splitlines()
    part = bring("sales", "\n".join([head, gloves.replace("10", "99"), other]), currency="EUR")
    assert (part.created, part.updated, part.rows_rejected) == (0, 0, 1)
    assert [kind["code"] for kind in part.error_kinds] == ["line_of_another"]
    assert sql("SELECT sum(amount) FROM partners_sale") == [(Decimal(70),)]


def test_a_line_number_left_blank_is_told_at_its_cell(bring: Any) -> None:
    for target, text in (("resellers", RESELLERS), ("products", PRODUCTS)):
        bring(target, text, currency="EUR")
    sales = bring("sales", SALES.replace("SO2,1,", "SO2,,"), currency="EUR")
    assert (sales.created, sales.rows_rejected) == (2, 1)
    assert [(kind["field"], kind["code"]) for kind in sales.error_kinds] == [("order_line", "required")]


def test_undo_takes_every_part_of_it_back(bring: Any, take_back: Any, sql: Any) -> None:
    batches = bring_network(bring)
    companies = bring("companies", FILE)
    for batch in (companies, *reversed(batches)):
        take_back(batch)
    for table in ("company", "companyword", "companyexternalid", "companymeasure", "vendorcarried", "vendor", "partner", "partnermove",
                  "partnerterritory", "territory", "product", "productfamily", "sale"):  # fmt: skip
        assert sql(f"SELECT count(*) FROM partners_{table}") == [(0,)], table


def test_undo_of_an_update_brings_the_former_values_back(bring: Any, take_back: Any, sql: Any) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    batch = bring("companies", "Account ID,Company,Employees\nA1,Kerlan Systèmes,52\n", as_of=date(2026, 9, 1))
    take_back(batch)
    assert sql("SELECT employees, provenance ? 'employees' FROM partners_company WHERE name_key = 'kerlan systemes'") == [
        (46, False)
    ]
    assert sql("SELECT count(*) FROM partners_companyfact") == [(0,)]


def test_who_edits_what_an_undo_changed_meanwhile_is_told(bring: Any, take_back: Any, sql: Any, director: Any) -> None:
    bring("companies", FILE, as_of=date(2026, 3, 12))
    batch = bring("companies", "Account ID,Company,Employees\nA1,Kerlan Systèmes,52\n", as_of=date(2026, 9, 1))
    key, seen = sql("SELECT id, version FROM partners_company WHERE employees = 52")[0]
    take_back(batch)
    with as_role(director), pytest.raises(Conflict, match="changed"):
        company_edit(actor=director, company_id=key, values={"employees": 52}, version=seen)


def test_who_edits_a_company_whose_place_a_file_told_meanwhile_is_told(bring: Any, sql: Any, director: Any) -> None:
    bring("companies", "ID,Company\nA1,Kerlan Systèmes\n")
    key, seen = sql("SELECT id, version FROM partners_company")[0]
    bring("sites", "external_id,country,city,site_type\nA1,France,Brest,Headquarters\n")
    assert sql("SELECT city FROM partners_company") == [("Brest",)]
    with as_role(director), pytest.raises(Conflict, match="changed"):
        company_edit(actor=director, company_id=key, values={"city": None}, version=seen)


@pytest.mark.parametrize(
    "head", ["CA annuel", "CA HT", "Chiffre d'affaires annuel", "Net sales", "Nettoumsatz", "Fatturato annuo"]
)
def test_revenue_is_found_by_the_words_that_people_put_above_it(bring: Any, sql: Any, head: str) -> None:
    bring("companies", f"Raison sociale;Pays;{head}\nKerlan;France;1,2 M€\n")
    assert sql("SELECT revenue, revenue_currency FROM partners_company") == [(Decimal(1_200_000), "EUR")]


def test_the_real_directory_and_network_load(bring: Any, sql: Any, real_data: Path) -> None:
    companies = bring("companies", real_data / "channel_directory" / "companies.csv", source="Directory")
    assert companies.created + companies.rows_rejected == 7893
    assert companies.rows_rejected < 40
    sites = bring("sites", real_data / "channel_directory" / "sites.csv", source="Directory")
    assert sites.rows_rejected < 0.02 * sites.rows_total
    assert sql("SELECT count(*) > 5000 FROM partners_company WHERE country IS NOT NULL") == [(True,)]
    for target in ("resellers", "products", "sales"):
        bring(target, real_data / "reseller_network" / f"{target}.csv", source="Network", currency="EUR")
    assert sql("SELECT count(*), round(sum(amount) / 1e6, 2) FROM partners_sale") == [(60855, Decimal("80.45"))]
    assert sql("SELECT count(*) FROM partners_partner") == [(701,)]
    with_sales = sql("SELECT count(DISTINCT partner_id) FROM partners_sale")
    assert with_sales == [(635,)]
