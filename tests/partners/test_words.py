"""The search index follows companies whatever writes them (P1)."""

import pytest

from prm.access.actors import Actor
from prm.partners.models import Company, CompanyWord

pytestmark = pytest.mark.django_db


def found(word: str) -> list[str]:
    return sorted(CompanyWord.objects.filter(word__startswith=word).values_list("company__name", flat=True))


def test_every_word_of_name_place_and_domain_finds_a_company(as_system: Actor) -> None:
    Company.objects.create(name="Kerlan Systèmes", legal_name="SA Kerlan", city="Brest", domain="kerlan.example")
    for prefix in ("ker", "syst", "sa", "brest", "kerlan.ex"):
        assert "Kerlan Systèmes" in found(prefix)


def test_an_edit_moves_the_words_and_a_removal_takes_them(as_system: Actor) -> None:
    company = Company.objects.create(name="Kerlan Systèmes")
    company.name = "Brézan Systèmes"
    company.save()
    assert found("kerlan") == []
    assert found("brezan") == ["Brézan Systèmes"]
    assert found("systemes") == ["Brézan Systèmes"]
    company.delete()
    assert CompanyWord.objects.count() == 0


def test_a_bulk_statement_keeps_the_index(as_system: Actor) -> None:
    Company.objects.bulk_create(Company(name=f"Réseaux {n}", name_key=f"reseaux {n}") for n in range(50))
    assert len(found("reseaux")) == 50
    Company.objects.filter(name_key="reseaux 7").update(name_key="lan 7")
    assert len(found("reseaux")) == 49


def told(word: str) -> list[tuple[str | None, str | None]]:
    return sorted(CompanyWord.objects.filter(word=word).values_list("country", "typology"), key=str)


def test_words_tell_where_their_company_is_and_what_it_is_whatever_writes_it(as_system: Actor) -> None:
    kerlan = Company.objects.create(name="Kerlan", country="FR", typology="var")
    Company.objects.create(name="Kerlan Réseaux")
    assert told("kerlan") == [("FR", "var"), (None, None)]
    kerlan.country, kerlan.typology = "DE", None
    kerlan.save()
    assert told("kerlan") == [("DE", None), (None, None)]
    Company.objects.update(country="BE", typology="msp")
    assert told("kerlan") == [("BE", "msp"), ("BE", "msp")]
