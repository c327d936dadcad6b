"""Sign-in by a SAML provider: signed answers to our own questions open accounts, and nothing else does."""

from __future__ import annotations

import base64
import html
import re
import zlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts.models import SignInProvider, User
from prm.accounts.providers.check import provider_try
from prm.accounts.services.accounts import Account
from prm.accounts.services.providers import Wanted, provider_add, provider_switch, provider_tested
from prm.partners.services.members import partner_member_add
from tests.accounts.local_providers import SamlIdp, new_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]
HOST = "http://testserver"


def browser() -> Client:
    """One that names the host, as every real one does."""
    return Client(HTTP_HOST="testserver")


@pytest.fixture
def idp() -> SamlIdp:
    return SamlIdp()


@pytest.fixture
def anne(partners_side: Any) -> User:
    with as_system("a test") as system:
        account = Account(email="anne@kerlan.example", name="Anne", password="correct horse battery")
        partner_member_add(actor=system, partner_id=partners_side.kerlan.pk, account=account, role=Role.PARTNER_SALES)
    return User.objects.get(email="anne@kerlan.example")


@pytest.fixture
def made(administrator: Actor, partners_side: Any, idp: SamlIdp, anne: User) -> SignInProvider:
    wanted = Wanted(name="Kerlan sign-in", domains=["kerlan.example"], metadata=idp.metadata())
    with as_role(administrator):
        found = provider_add(actor=administrator, kind="saml", partner_id=partners_side.kerlan.pk, wanted=wanted)
        provider_tested(actor=administrator, provider_id=found.pk)
        return provider_switch(actor=administrator, provider_id=found.pk, on=True)


def question(client: Client) -> str:
    """The id of the request that the browser takes to the provider."""
    page = client.post("/accounts/company/", {"email": "anne@kerlan.example"}).content.decode()
    url = html.unescape(re.search(r'href="([^"]+)" id="go"', page)[1])
    assert url.startswith("https://idp.kerlan.example/sso?")
    asked = zlib.decompress(base64.b64decode(parse_qs(urlsplit(url).query)["SAMLRequest"][0]), -15).decode()
    return re.search(r'ID="([^"]+)"', asked)[1]


def addresses(made: SignInProvider) -> dict[str, str]:
    base = f"{HOST}/accounts/saml/{made.public_id}"
    return {"acs": f"{base}/acs/", "audience": f"{base}/metadata/"}


def post(client: Client, made: SignInProvider, response: str) -> Any:
    """As a browser does: the provider's form comes without our cookies, and then a page of ours with them."""
    first = client.post(f"/accounts/saml/{made.public_id}/acs/", {"SAMLResponse": response})
    assert first.status_code == 302
    return client.get(first["Location"])


def user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_partners_person_comes_in_by_their_companys_provider(made, idp, anne) -> None:
    client = browser()
    answer = idp.response(to=question(client), email=anne.email, **addresses(made))
    assert post(client, made, answer).status_code == 302
    assert user_of(client) == str(anne.pk)
    assert client.get("/portal/").status_code == 200


def test_an_answer_may_be_signed_with_any_key_that_the_metadata_names(made, idp, anne) -> None:
    later, stranger = SamlIdp(), SamlIdp()
    made.metadata = later.metadata(idp)
    made.save()
    for signer, is_let_in in ((idp, True), (later, True), (stranger, False)):
        client = browser()
        answer = idp.response(to=question(client), email=anne.email, signed_by=signer, **addresses(made))
        assert (post(client, made, answer).status_code == 302) is is_let_in
        assert user_of(client) == (str(anne.pk) if is_let_in else None)


def test_a_provider_is_well_while_one_of_its_certificates_lasts(made) -> None:
    over, good = SamlIdp(days=-1), SamlIdp()
    made.metadata = over.metadata()
    assert "has expired" in provider_try(made).problem
    made.metadata = good.metadata(over)
    assert provider_try(made).problem == ""


def test_an_answer_is_taken_once_and_only_where_it_was_asked_for(made, idp, anne) -> None:
    client, stranger = browser(), browser()
    answer = idp.response(to=question(client), email=anne.email, **addresses(made))
    assert post(stranger, made, answer).status_code >= 400
    assert user_of(stranger) is None
    post(client, made, answer)
    client.post("/accounts/logout/")
    assert post(client, made, answer).status_code >= 400, "replayed"
    assert user_of(client) is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"signed_by": SamlIdp(key=new_key())}, id="forged: another key"),
        pytest.param({"is_signed": False}, id="unsigned"),
        pytest.param({"minutes": -5}, id="expired"),
        pytest.param({"audience": "https://somebody-else.example"}, id="for another audience"),
        pytest.param({"acs": "https://somebody-else.example/acs"}, id="for another recipient"),
        pytest.param({"to": "ONELOGIN_0000"}, id="to a question that nobody asked"),
    ],
)
def test_an_answer_that_is_not_the_providers_to_us_now_opens_nothing(made, idp, anne, wrong) -> None:
    client = browser()
    told = {"to": question(client), "email": anne.email, **addresses(made), **wrong}
    assert post(client, made, idp.response(**told)).status_code >= 400
    assert user_of(client) is None


def test_a_changed_answer_opens_nothing(made, idp, anne, administrator) -> None:
    client = browser()
    answer = idp.response(to=question(client), email="anne@kerlan.example", **addresses(made))
    changed = base64.b64decode(answer).replace(b"anne@kerlan.example", b"yann@kerlan.example")
    assert post(client, made, base64.b64encode(changed).decode()).status_code >= 400
    assert user_of(client) is None


def test_an_answer_that_no_question_went_before_opens_nothing(made, idp, anne) -> None:
    client = browser()
    assert post(client, made, idp.response(to="", email=anne.email, **addresses(made))).status_code >= 400
    assert user_of(client) is None


def test_rubbish_is_refused_kindly(made) -> None:
    for rubbish in ("", "not base64!", base64.b64encode(b"<a>").decode(), base64.b64encode(b"\x00\x01").decode()):
        answer = post(browser(), made, rubbish)
        assert 400 <= answer.status_code < 500
        assert "not believed" in answer.content.decode()


def test_a_provider_of_a_partner_speaks_for_nobody_of_ours(made, idp, administrator) -> None:
    client = browser()
    email = User.objects.get(pk=administrator.user_id).email
    answer = idp.response(to=question(client), email=email, subject="s-9", **addresses(made))
    assert post(client, made, answer).status_code == 403
    assert user_of(client) is None


def test_our_metadata_is_there_before_it_is_switched_on_and_names_no_logout_that_does_not_exist(made, administrator) -> None:
    with as_role(administrator):
        provider_switch(actor=administrator, provider_id=made.pk, on=False)
    told = browser().get(f"/accounts/saml/{made.public_id}/metadata/").content.decode()
    assert addresses(made)["acs"] in told
    assert "SingleLogoutService" not in told
