"""A form that makes something and is sent twice makes it once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.partners.models import Company
from profiling.targets.models import TargetList
from tests.together import at_once

ClientOf = Callable[[Actor], Client]
NEW = "/companies/new"


def token(page: str) -> str:
    found = re.search(r'name="once"\s+value="([^"]+)"', page)
    assert found, "the form names its sending"
    return found[1]


def companies(name: str) -> int:
    with as_system("a test"):
        return Company.objects.filter(name=name).count()


@pytest.mark.django_db
def test_the_second_sending_is_led_to_what_the_first_made(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    form = {"name": "Kerlan", "country": "FR", "once": token(client.get(NEW).content.decode())}
    first, second = client.post(NEW, form), client.post(NEW, form)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert companies("Kerlan") == 1


@pytest.mark.django_db
def test_the_same_page_filled_in_anew_is_another_sending(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    form = {"country": "FR", "once": token(client.get(NEW).content.decode())}
    for name in ("Kerlan", "Armor"):
        assert client.post(NEW, {**form, "name": name}).status_code == 302
    assert (companies("Kerlan"), companies("Armor")) == (1, 1)


@pytest.mark.django_db
def test_a_refused_form_may_be_sent_again_and_two_pages_are_two(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    refused = {"name": "", "country": "FR", "once": token(client.get(NEW).content.decode())}
    assert [client.post(NEW, refused).status_code for _time in range(2)] == [422, 422]
    for name in ("Kerlan", "Iroise"):
        client.post(NEW, {"name": name, "country": "FR", "once": token(client.get(NEW).content.decode())})
        assert companies(name) == 1


@pytest.mark.django_db
def test_a_token_is_its_persons_own(manager: Actor, director: Actor, client_of: ClientOf) -> None:
    form = {"name": "West", "once": "0198"}
    for who in (manager, director):
        client_of(who).post("/target-lists/new", form)
    with as_system("a test"):
        assert TargetList.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_company(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    cookies = client.cookies
    form = {"name": "Kerlan", "country": "FR", "once": token(client.get(NEW).content.decode())}

    def click() -> str:
        other = Client()
        other.cookies = cookies
        return other.post(NEW, form).headers["Location"]

    led = at_once(click)
    assert len(set(led)) == 1
    assert companies("Kerlan") == 1
    connections.close_all()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [NEW, "/imports/new", "/target-lists", "/studies/look-alike/new", "/studies/ranking/new", "/catalogue/vendors/new"],
)
def test_each_form_that_makes_something_names_its_sending(manager: Actor, client_of: ClientOf, address: str) -> None:
    assert token(client_of(manager).get(address).content.decode())


@pytest.mark.django_db
def test_a_corrected_file_of_the_same_name_and_size_is_another_sending(manager: Actor, client_of: ClientOf) -> None:
    """Back to the form that was just sent, as browsers keep it, with the one digit put right."""
    client = client_of(manager)
    form = {"target": "companies", "once": token(client.get("/imports/new").content.decode())}

    def send(text: str) -> str:
        file = SimpleUploadedFile("list.csv", text.encode())
        return str(client.post("/imports/new", {**form, "file": file})["Location"])

    wrong, right = "Name,Country,Employees\nKerlan,FR,12\n", "Name,Country,Employees\nKerlan,FR,21\n"
    assert send(wrong) == send(wrong) != send(right)
