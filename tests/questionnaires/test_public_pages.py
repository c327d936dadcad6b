"""The pages behind a link, without scripts: on a phone, page by page, back and on, closed and come again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.partners.models import FactProposal, Partner
from prm.questionnaires.models import AnonymousAnswer, Answer, Invitation
from prm.questionnaires.respondents import digest_of
from prm.questionnaires.services.rounds import round_close
from tests.questionnaires.conftest import anonymous_content, tokens_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(publish_form, send) -> str:
    return tokens_of(send(publish_form()))[0]


def post(client: Client, token: str, section: str, go: str = "next", **values):
    sent = {"go": go, **{name.replace("__", "."): value for name, value in values.items()}}
    return client.post(f"/q/{token}/s/{section}", sent)


def values(manager) -> dict:
    with as_system("a test"):
        return Answer.objects.get().values


def test_somebody_answers_page_by_page_without_scripts(client: Client, manager, token) -> None:
    assert client.get(f"/q/{token}").headers["Location"] == f"/q/{token}/s/s1"
    page = client.get(f"/q/{token}/s/s1")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    text = page.content.decode()
    assert "Do you sell?" in text
    assert 'data-question="staff" data-kind="number" hidden disabled' in text
    more = post(client, token, "s1", q__sell="yes", shown=["sell", "topics"])
    assert more.headers["Location"] == f"/q/{token}/s/s1?more=1#q-staff"
    assert "1 more question follows" in client.get(f"/q/{token}/s/s1?more=1").content.decode()
    on = post(client, token, "s1", q__sell="yes", q__staff="1 046", q__topics=["a", "b"], shown=["sell", "staff", "topics"])
    assert on.headers["Location"] == f"/q/{token}/s/s2"
    sent = post(client, token, "s2", **{"q__rate": "9", "q__grid__r1": "2"}, shown=["rate", "day", "paper", "grid"])
    assert sent.headers["Location"] == f"/q/{token}"
    assert values(manager) == {"sell": "yes", "staff": "1046", "topics": ["a", "b"], "rate": 9, "grid": {"r1": 2}}
    over = client.get(f"/q/{token}")
    assert (over.status_code, "Your answers are with us" in over.content.decode()) == (200, True)
    again = post(client, token, "s2", q__rate="1", shown=["rate"])
    assert again.status_code == 409
    assert values(manager)["rate"] == 9


def test_what_is_wrong_is_told_at_its_question_and_the_rest_is_kept(client: Client, manager, token) -> None:
    wrong = post(client, token, "s1", q__sell="yes", q__staff="many", shown=["sell", "staff", "topics"])
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "How many people?: Give a number." in text
    assert 'value="many"' in text
    assert values(manager) == {"sell": "yes"}
    missing = post(client, token, "s2", shown=["rate"])
    assert "This is still needed." in missing.content.decode()


def test_sending_leads_back_to_what_is_still_needed(client: Client, token) -> None:
    sent = post(client, token, "s2", q__rate="8", shown=["rate", "day", "paper", "grid"])
    assert sent.headers["Location"] == f"/q/{token}/s/s1?lack=1"
    page = client.get(sent.headers["Location"])
    assert (page.status_code, "This is still needed." in page.content.decode()) == (422, True)


def test_going_back_and_coming_again_lose_nothing(client: Client, manager, token) -> None:
    post(client, token, "s1", q__sell="no", shown=["sell", "topics"])
    back = post(client, token, "s2", "back", q__rate="8", shown=["rate"])
    assert back.headers["Location"] == f"/q/{token}/s/s1"
    assert values(manager) == {"sell": "no", "rate": 8}
    later = Client().get(f"/q/{token}", follow=True)
    assert 'value="no" checked' in later.content.decode()
    kept = post(client, token, "s1", "keep", q__sell="yes", shown=["sell"])
    assert kept.status_code == 204
    assert values(manager)["sell"] == "yes"
    paused = post(client, token, "s1", "later", q__sell="yes", shown=["sell"])
    assert "the same link brings you back here" in paused.content.decode()


def test_a_file_is_kept_served_as_a_download_and_taken_back(client: Client, manager, token, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    paper = SimpleUploadedFile("../../offer <b>.pdf", b"%PDF-1.7", content_type="text/html")
    kept = post(client, token, "s2", "file.paper", q__paper=paper, q__rate="8", shown=["rate", "paper"])
    assert kept.headers["Location"] == f"/q/{token}/s/s2#q-paper"
    assert values(manager)["rate"] == 8
    got = client.get(f"/q/{token}/f/paper")
    assert b"".join(got.streaming_content) == b"%PDF-1.7"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert (got.headers["X-Content-Type-Options"], got.headers["Content-Type"]) == ("nosniff", "application/pdf")
    bad = post(client, token, "s2", "file.paper", q__paper=SimpleUploadedFile("x.svg", b"<svg/>"), shown=["paper"])
    assert bad.status_code == 422
    assert "Send a PDF" in bad.content.decode()
    post(client, token, "s2", "drop.paper", shown=["rate", "paper"])
    assert "paper" not in values(manager)
    assert client.get(f"/q/{token}/f/paper").status_code == 404


def test_closed_over_used_and_unknown_are_four_pages(client: Client, manager, token) -> None:
    pages = {}
    unknown = client.get("/q/nothing-of-the-kind")
    pages["unknown"] = (unknown.status_code, unknown.content.decode())
    with as_system("a test"):
        round_ = Invitation.objects.first().round
        round_.due_at = timezone.now() - timedelta(hours=1)
        round_.save()
    over = client.get(f"/q/{token}")
    pages["expired"] = (over.status_code, over.content.decode())
    assert client.get(f"/q/{token}/s/s1").headers["Location"] == f"/q/{token}"
    with as_role(manager):
        round_close(actor=manager, round_id=round_.pk)
    closed = client.get(f"/q/{token}")
    pages["closed"] = (closed.status_code, closed.content.decode())
    assert {name: status for name, (status, _text) in pages.items()} == {"unknown": 404, "expired": 410, "closed": 410}
    for name, words in (("unknown", "This link opens nothing"), ("expired", "The last day is over"), ("closed", "is closed")):
        assert words in pages[name][1]
    assert "How do you do?" not in pages["unknown"][1]
    assert post(client, token, "s1", q__sell="no", shown=["sell"]).status_code == 409


def test_links_are_not_found_by_trying_and_right_ones_open_behind_the_same_address(client: Client, token) -> None:
    cache.clear()
    found = [client.get(f"/q/{'x' * 42}{n % 10}{n // 10}").status_code for n in range(25)]
    assert found == [404] * 20 + [429] * 5
    assert client.get(f"/q/{token}/s/s1").status_code == 200


def test_a_stranger_behind_the_same_proxy_keeps_nobody_else_out(client: Client, token, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    cache.clear()
    for n in range(25):  # what the stranger claims to have come from does not count, what our proxy saw does
        client.get(f"/q/{'x' * 42}{n:02}", headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.7"})
    wrong = f"/q/{'x' * 42}25"
    assert client.get(wrong, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 429
    assert client.get(wrong, headers={"X-Forwarded-For": "198.51.100.4"}).status_code == 404


def test_the_reader_chooses_the_language(client: Client, token) -> None:
    chosen = client.get(f"/q/{token}?language=fr", follow=True)
    text = chosen.content.decode()
    assert "Vendez-vous ?" in text
    assert '<html lang="fr"' in text
    post(client, token, "s1", q__sell="yes", q__staff="1 046", shown=["sell", "staff", "topics"])
    assert client.get(f"/q/{token}?language=nonsense").status_code == 302


def test_an_anonymous_answer_says_so_before_and_after(client: Client, publish_form, send) -> None:
    token = tokens_of(send(publish_form(anonymous_content(), is_anonymous=True)))[0]
    assert "leads back to nobody" in client.get(f"/q/{token}/s/s1").content.decode()
    post(client, token, "s1", q__sell="no", shown=["sell", "topics"])
    post(client, token, "s2", q__rate="9", shown=["rate", "day", "grid"])
    with as_system("a test"):
        assert AnonymousAnswer.objects.count() == 1
        assert Answer.objects.count() == 0
    assert "nothing leads from it to you" in client.get(f"/q/{token}").content.decode()


def test_too_large_a_body_is_refused_unless_a_link_opens_something(client: Client, token, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    settings.PRM_ANSWER_FILE_BYTES = 20_000
    big = b"%PDF-" + b"x" * 10_000
    stranger = client.post("/q/nothing/s/s2", {"q.paper": SimpleUploadedFile("a.pdf", big)})
    assert stranger.status_code in {400, 404, 413}
    holder = post(client, token, "s2", "file.paper", q__paper=SimpleUploadedFile("a.pdf", big), shown=["paper"])
    assert holder.status_code == 302


@pytest.mark.parametrize("ended", ["access", "partnership"])
def test_a_link_closes_with_the_access_of_whoever_it_is_for(client: Client, manager, token, ended: str) -> None:
    post(client, token, "s1", q__sell="yes", q__staff="77", shown=["sell", "staff", "topics"])
    with as_system("a test"):
        invitation = Invitation.objects.select_related("partner").get(token_digest=digest_of(token))
        if ended == "access":
            Person.objects.filter(pk=invitation.person_id).update(archived_at=timezone.now())
        else:
            Partner.objects.filter(pk=invitation.partner_id).update(lifecycle="exited")
    assert client.get(f"/q/{token}").status_code == 410
    sent = post(client, token, "s2", **{"q__rate": "9", "q__grid__r1": "2"}, shown=["rate", "day", "paper", "grid"])
    assert sent.status_code == 409
    with as_system("a test"):
        assert not FactProposal.objects.exists()


def test_nobody_is_given_the_links_of_others_in_an_anonymous_round(manager, client_of, publish_form, send) -> None:
    named, promised = send(publish_form(title="Named")), send(publish_form(anonymous_content(), is_anonymous=True))
    page = client_of(manager)
    assert "/q/" in page.get(f"/questionnaires/rounds/{named.public_id}/people").content.decode()
    assert "/q/" not in page.get(f"/questionnaires/rounds/{promised.public_id}/people").content.decode()
