"""The public pages answer, and say true things."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.corelib import games
from apps.corepages.selectors import find_answers
from apps.support.models import Ticket

pytestmark = pytest.mark.django_db

PAGES = ["home", "about", "faq", "terms", "privacy", "contact", "contact_sent"]
MESSAGE = {
    "name": "Mim",
    "email": "mim@example.test",
    "category": "team",
    "subject": "Our tag",
    "message": "Somebody plays under our tag.",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_reads_every_page(client: Client, name: str) -> None:
    page = client.get(reverse(f"corepages:{name}"))
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


def test_the_home_page_of_a_visitor_takes_few_queries(client: Client, django_assert_num_queries) -> None:
    client.get("/")  # the figures are now in the cache
    with django_assert_num_queries(3):  # promotions, teams that recruit, newest teams
        client.get("/")


def test_the_home_page_leads_to_every_game(client: Client) -> None:
    text = client.get("/").content.decode()
    assert all(f"?game={code}" in text for code in games.GAMES)


def test_a_member_gets_their_own_home(client: Client) -> None:
    client.force_login(User.objects.create_user("rafi", "rafi@example.test"))
    page = client.get("/")
    assert page.templates[0].name == "dashboard/home.html"


def test_the_search_of_the_answers_wants_every_word() -> None:
    [topic] = find_answers("delete account")
    assert [item.question for item in topic.answers] == ["How do I delete my account?"]
    assert find_answers("xyzzy") == []


@pytest.mark.django_db(transaction=True)
def test_the_contact_form_opens_a_ticket_and_names_its_number(client: Client) -> None:
    page = client.post(reverse("corepages:contact"), MESSAGE, follow=True)
    ticket = Ticket.objects.get()
    assert ticket.reference in page.content.decode()


def test_a_wrong_contact_form_keeps_what_was_typed_and_opens_nothing(client: Client) -> None:
    page = client.post(reverse("corepages:contact"), {**MESSAGE, "email": "mim@", "message": "Help"})
    text = page.content.decode()
    assert "Somebody" not in text
    assert 'value="Our tag"' in text
    assert "A little more, please" in text
    assert Ticket.objects.count() == 0


def test_a_program_that_fills_the_hidden_field_opens_nothing(client: Client) -> None:
    client.post(reverse("corepages:contact"), {**MESSAGE, "website": "https://spam.example"})
    assert Ticket.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_flood_is_refused_with_what_was_typed_kept(client: Client) -> None:
    answers = [client.post(reverse("corepages:contact"), {**MESSAGE, "email": f"{n}@example.test"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Somebody plays under our tag." in answers[-1].content.decode()
    assert Ticket.objects.count() == 5


def test_machines_find_what_they_look_for(client: Client, settings) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    settings.ENVIRONMENT = "production"
    assert "Disallow: /admin/" in client.get("/robots.txt").content.decode()
    security = client.get("/.well-known/security.txt").content.decode()
    assert re.search(r"^Contact: http", security, re.MULTILINE)
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT", security, re.MULTILINE)
    manifest = client.get("/manifest.webmanifest").json()
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert b"sitemap-teams.xml" in client.get("/sitemap.xml").content
    assert b"/about/" in client.get("/sitemap-pages.xml").content
