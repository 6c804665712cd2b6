"""The pages of sponsors: what they show, in how many queries, and in a real browser without JavaScript."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.core import slots
from apps.teams.demo import sponsors as sponsor_demo
from apps.teams.models import TeamPromotion, TeamSponsor
from apps.teams.personal_data import personal_data
from tests.teams.people import make_team, make_user
from tests.teams.sponsoring import BROWSER, make_promotion, make_sponsor, today
from tests.teams.test_pages import queries_of, text

pytestmark = pytest.mark.django_db


def asked(**changes):
    days = {"starts_on": f"{today()}", "ends_on": f"{today(30)}"}
    return {"name": "Mirpur Tea", "tier": "2", "url": "https://tea.example/", **days, **changes}


def test_the_captain_proposes_on_the_page_with_a_logo(client, wolves, rafi):
    picture = BytesIO()
    Image.new("RGB", (300, 300), "#884422").save(picture, "PNG")
    client.force_login(rafi)
    url = reverse("teams:propose_sponsor", args=[wolves.slug])
    logo = SimpleUploadedFile("logo.png", picture.getvalue(), content_type="image/png")

    page = client.post(url, asked(logo=logo), follow=True)

    sponsor = TeamSponsor.objects.get()
    assert (sponsor.status, sponsor.tier, bool(sponsor.logo)) == ("pending", 2, True)
    assert "Mirpur Tea is proposed." in text(page)
    assert sponsor.logo_src in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"url": "http://tea.example/"}, "Starts with https://."),
        ({"url": "javascript:alert(1)"}, "valid URL"),
        ({"ends_on": "2020-01-01", "starts_on": "2019-01-01"}, "The last day is over already."),
        ({"tier": "7"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client, wolves, rafi, changes, says):
    client.force_login(rafi)
    page = client.post(reverse("teams:propose_sponsor", args=[wolves.slug]), asked(**changes))
    assert (page.status_code, says in text(page), "Mirpur Tea" in page.content.decode()) == (422, True, True)
    assert not TeamSponsor.objects.exists()


def test_the_team_page_marks_the_link_as_paid_and_leads_through_us(client, wolves):
    sponsor = make_sponsor(wolves, "Mirpur <b>Tea</b>", tier=1)
    page = client.get(wolves.get_absolute_url()).content.decode()
    assert f'href="{sponsor.get_absolute_url()}" rel="sponsored nofollow noopener"' in page
    assert "Mirpur &lt;b&gt;Tea&lt;/b&gt;" in page
    assert sponsor.url not in page


def test_higher_tiers_stand_first(client, wolves):
    for name, tier in (("Partner", 4), ("Title", 1), ("Gold", 2)):
        make_sponsor(wolves, name, tier=tier)
    assert [sponsor.name for sponsor in client.get(wolves.get_absolute_url()).context["sponsors"]] == [
        "Title",
        "Gold",
        "Partner",
    ]


def test_the_captain_reads_reasons_and_figures(client, wolves, rafi):
    shown = make_sponsor(wolves, "Mirpur Tea")
    make_sponsor(wolves, "Lucky Spin", status="rejected", reason="No betting sites.")
    for ip in ("203.0.113.1", "203.0.113.2"):
        client.get(wolves.get_absolute_url(), headers={"user-agent": BROWSER}, REMOTE_ADDR=ip)
    client.get(shown.get_absolute_url(), headers={"user-agent": BROWSER}, REMOTE_ADDR="203.0.113.1")
    client.force_login(rafi)

    page = text(client.get(reverse("teams:sponsors", args=[wolves.slug])))

    assert "Seen by 2 · followed by 1" in page
    assert "Staff: No betting sites." in page


def test_queries_of_the_pages_do_not_grow_with_sponsors_and_promotions(
    client, wolves, rafi, django_assert_max_num_queries
):
    console = reverse("teams:sponsors", args=[wolves.slug])

    def budgets():
        client.logout()
        public = [queries_of(client, url, django_assert_max_num_queries) for url in (wolves.get_absolute_url(), "/")]
        client.force_login(rafi)
        return [*public, queries_of(client, console, django_assert_max_num_queries)]

    make_sponsor(wolves)
    make_promotion(wolves)
    make_promotion(wolves, "spotlight")
    few = budgets()
    for _ in range(5):
        make_sponsor(wolves)
        make_promotion(make_team())
        make_promotion(make_team(), "spotlight")
    assert budgets() == few


def test_the_demo_shows_every_state_and_loads_once():
    for load in slots.fillings("demo"):
        load()
        if load is sponsor_demo.load:
            break
    assert set(TeamSponsor.objects.values_list("status", flat=True)) == {"active", "pending", "rejected", "expired"}
    assert set(TeamPromotion.objects.values_list("kind", flat=True)) == {"homepage", "team_hub", "spotlight"}
    assert sponsor_demo.load() == "0 sponsors and 0 promotions made"


def test_an_export_holds_the_sponsors_a_person_proposed(wolves, rafi, mim):
    make_sponsor(wolves, "Mirpur Tea", proposed_by=rafi)
    assert [row["name"] for row in personal_data(rafi)["team_sponsors_proposed"]] == ["Mirpur Tea"]
    assert personal_data(mim)["team_sponsors_proposed"] == []


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_pages_are_accessible_and_fit_the_screen(person, viewport):
    rafi = make_user("rafi")
    team = make_team("Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves")
    make_sponsor(team, "Mirpur Tea", tier=1)
    make_sponsor(team, "W" * 60, tier=4)
    make_sponsor(team, "Lucky Spin", status="rejected", reason="No betting sites.")
    for kind in ("homepage", "team_hub", "spotlight"):
        make_promotion(team, kind, headline="W" * 80)
    captain = person(viewport)
    captain.log_in(rafi)
    for path in ("/teams/dhaka-wolves/", "/teams/", "/teams/dhaka-wolves/manage/sponsors/"):
        captain.visit(path)
        captain.assert_accessible()
        width = captain.page.evaluate("document.documentElement.scrollWidth")
        assert width <= captain.page.viewport_size["width"], path
