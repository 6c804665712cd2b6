"""Pictures, header and links of a team."""

import pytest

from apps.core.errors import DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.teams.models import HeroTemplate, Team
from apps.teams.services import disbanding
from apps.teams.services.teams import update_team
from tests.common import pictures
from tests.teams.people import add_member
from tests.teams.test_pages import logo, text

pytestmark = pytest.mark.django_db
EDIT = "/teams/dhaka-wolves/edit/"
BASE = {"region": "BD", "is_public": "on"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def written(media):
    return {path.parts[len(media.parts)] for path in media.rglob("*.webp")}


def test_banner_and_roster_picture_are_stored_as_webp_and_shown(client, wolves, rafi, media):
    client.force_login(rafi)

    done = client.post(EDIT, BASE | {"banner": logo((900, 300)), "roster_image": logo((1280, 720))})

    wolves.refresh_from_db()
    page = client.get("/teams/dhaka-wolves/").content.decode()
    assert done.status_code == 302
    assert written(media) == {"team_banner", "team_roster"}
    assert wolves.banner.url() in page
    assert wolves.roster_image.url(640) in page
    assert 'alt="The players of Dhaka Wolves"' in page


def test_a_picture_is_judged_by_its_content(client, wolves, rafi, media):
    client.force_login(rafi)
    fake = pictures.as_file(pictures.png_with_zip(), "banner.png")

    page = client.post(EDIT, BASE | {"banner": fake, "tagline": "Kept words"})

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["banner"])
    assert 'value="Kept words"' in page.content.decode()
    assert written(media) == set()


def test_a_refused_form_keeps_the_chosen_picture(client, wolves, rafi, media):
    client.force_login(rafi)
    wrong = BASE | {"link_youtube": "https://example.com/x", "link_discord": ""}

    page = client.post(EDIT, wrong | {"banner": logo((900, 300))})
    kept = page.context["form"].kept["banner"]
    assert page.status_code == 422
    assert f'name="banner_kept" value="{kept.token}"' in page.content.decode()
    client.post(EDIT, wrong | {"link_youtube": "@wolves", "banner_kept": kept.token})

    wolves.refresh_from_db()
    assert wolves.banner
    assert wolves.banner != kept.image
    assert wolves.links == {"youtube": "https://www.youtube.com/@wolves"}


def test_the_kept_picture_of_another_is_not_taken(client, wolves, rafi, mim, media):
    client.force_login(rafi)
    page = client.post(EDIT, BASE | {"link_x": "https://example.com", "banner": logo((900, 300))})
    token = page.context["form"].kept["banner"].token
    add_member(wolves, mim, "co_captain")
    client.force_login(mim)

    page = client.post(EDIT, BASE | {"banner_kept": token})

    wolves.refresh_from_db()
    assert page.context["form"].errors == {"banner": ["The picture is no longer here. Choose it again."]}
    assert not wolves.banner


def test_a_picture_can_be_taken_away(client, wolves, rafi, media, django_capture_on_commit_callbacks):
    client.force_login(rafi)
    client.post(EDIT, BASE | {"banner": logo((900, 300))})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(EDIT, BASE | {"remove_banner": "on"})

    wolves.refresh_from_db()
    assert not wolves.banner
    assert written(media) == set()
    assert AuditEvent.objects.filter(action="team.updated").count() == 2


@pytest.mark.parametrize("template", HeroTemplate.values)
def test_the_captain_chooses_how_the_page_begins(client, wolves, rafi, template):
    client.force_login(rafi)
    preview = client.get(f"{EDIT}header/", {"hero_template": template, "tagline": "<b>Typed</b>"}).content.decode()
    client.post(EDIT, BASE | {"hero_template": template})

    page = client.get("/teams/dhaka-wolves/").content.decode()
    assert f'<header class="identity" data-template="{template}"' in page
    assert f'data-template="{template}"' in preview
    assert "&lt;b&gt;Typed" in preview
    assert " inert" in preview


def test_looking_at_another_header_changes_nothing(client, wolves, rafi):
    client.force_login(rafi)

    preview = client.get(f"{EDIT}header/", {"hero_template": "circus", "tagline": "x" * 500}).content.decode()

    wolves.refresh_from_db()
    assert 'data-template="broadcast"' in preview
    assert (wolves.hero_template, wolves.tagline) == ("broadcast", "")


@pytest.mark.parametrize(
    ("code", "typed", "stored"),
    [
        ("youtube", "@wolves", "https://www.youtube.com/@wolves"),
        ("discord", "discord.gg/wolves", "https://discord.gg/wolves"),
        ("tiktok", "@wolves", "https://www.tiktok.com/@wolves"),
        ("x", "https://twitter.com/wolves", "https://twitter.com/wolves"),
        ("website", "wolves.example.com", "https://wolves.example.com"),
    ],
)
def test_links_are_completed(wolves, rafi, code, typed, stored):
    assert update_team(actor=rafi, team_id=wolves.pk, links={code: typed}).links == {code: stored}


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("youtube", "https://evil.example/youtube.com"),
        ("website", "http://wolves.example.com"),
        ("website", "javascript:alert(1)"),
        ("facebook", "https://facebook.com@evil.example/x"),
        ("discord", "https://192.0.2.1/x"),
        ("x", "https://x.com/" + "a" * 400),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused_by_form_and_service(client, wolves, rafi, code, typed):
    client.force_login(rafi)
    page = client.post(EDIT, BASE | {f"link_{code}": typed})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [f"link_{code}"])
    with pytest.raises(DomainError) as refusal:
        update_team(actor=rafi, team_id=wolves.pk, links={code: typed})

    wolves.refresh_from_db()
    assert refusal.value.field == f"link_{code}"
    assert wolves.links == {}


def test_a_link_of_no_known_kind_is_refused(wolves, rafi):
    with pytest.raises(DomainError, match="no link of the kind 'myspace'"):
        update_team(actor=rafi, team_id=wolves.pk, links={"myspace": "x"})


def test_a_request_without_links_leaves_them_alone(client, wolves, rafi):
    Team.objects.update(links={"x": "https://x.com/wolves"})
    client.force_login(rafi)

    client.post(EDIT, BASE | {"tagline": "New"})

    wolves.refresh_from_db()
    assert (wolves.tagline, wolves.links) == ("New", {"x": "https://x.com/wolves"})


def test_the_page_shows_links_without_lending_them_weight(client, wolves):
    Team.objects.update(links={"website": "https://wolves.example.com/", "x": "https://x.com/wolves"})

    page = client.get("/teams/dhaka-wolves/").content.decode()

    assert '<a href="https://x.com/wolves" rel="nofollow noopener me ugc">' in page
    assert "wolves.example.com" in page


def test_members_edit_the_page_when_the_captain_opens_it(client, wolves, mim):
    add_member(wolves, mim)
    with pytest.raises(PermissionRefused):
        update_team(actor=mim, team_id=wolves.pk, tagline="Mine")
    Team.objects.update(members_can_edit_profile=True)
    client.force_login(mim)

    client.post(EDIT, BASE | {"tagline": "Ours"})
    Team.objects.get(tagline="Ours", is_public=True)
    Team.objects.update(members_can_edit_profile=False)
    assert client.post(EDIT, BASE | {"tagline": "Gone"}).status_code == 403
    Team.objects.get(tagline="Ours")


def test_when_the_end_is_final_the_look_goes(client, wolves, rafi, media, django_capture_on_commit_callbacks):
    update_team(actor=rafi, team_id=wolves.pk, links={"x": "@wolves"}, tagline="Words")
    client.force_login(rafi)
    client.post(EDIT, BASE | {"banner": logo((900, 300))})
    disbanding.disband_team(actor=rafi, team_id=wolves.pk)
    with django_capture_on_commit_callbacks(execute=True):
        from django.utils import timezone

        disbanding.settle_disbanded_teams(at=timezone.now() + timezone.timedelta(days=31))

    wolves.refresh_from_db()
    assert (wolves.links, wolves.tagline, wolves.banner) == ({}, "", "")
    assert written(media) == set()


def test_the_api_shows_header_and_links(client, wolves):
    Team.objects.update(links={"x": "https://x.com/wolves"})

    answer = client.get("/api/v1/teams/dhaka-wolves/").json()

    assert (answer["hero_template"], answer["links"], answer["member_count"]) == (
        "broadcast",
        {"x": "https://x.com/wolves"},
        1,
    )


def test_typing_a_name_tells_whether_it_is_free(client, wolves, mim):
    client.force_login(mim)

    def ask(**typed):
        return text(client.get("/teams/new/name/", typed))

    assert ask(name="Delta West") == "Delta West is free."
    assert ask(name="dhaka  WOLVES") == "This name is taken. Try another."
    assert ask(of="tag", name="Delta West", tag="dw") == "This tag is taken by Dhaka Wolves. Try DWX."
    assert ask(of="tag", tag="D!") == "2–10 letters or digits, A–Z and 0–9."
    assert "free" not in ask(name="")
    assert "free" not in ask(name="\0")
