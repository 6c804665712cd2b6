"""The pages: what they show, to whom, and in how many queries."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.teams.models import Team
from tests.teams.people import add_member, fill, make_invite, make_team, make_user

pytestmark = pytest.mark.django_db


def text(response):
    """The page as it reads, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def queries_of(client, url, django_assert_max_num_queries):
    client.get(url)  # sessions, content types and templates are warm
    with django_assert_max_num_queries(1000) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- Directory --------------------------------------------------------------------------------------------------------


def test_the_directory_shows_public_teams_newest_first(client):
    make_team("Old Team", created_at=timezone.now() - timezone.timedelta(days=9))
    make_team("New Team")
    make_team("Hidden Team", is_public=False)
    make_team("Gone Team", is_active=False)

    page = client.get("/teams/")

    assert [team.name for team in page.context["page"].rows] == ["New Team", "Old Team"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=wolv", ["Dhaka Wolves"]),
        ("search=dw", ["Dhaka Wolves"]),
        ("search=বাঘ", ["বাংলার বাঘ"]),
        ("game=mlbb", ["বাংলার বাঘ"]),
        ("recruiting=on", ["বাংলার বাঘ"]),
        ("game=mlbb&search=wolv", []),
        ("game=chess", ["বাংলার বাঘ", "Dhaka Wolves"]),
        ("search=" + "x" * 60, ["বাংলার বাঘ", "Dhaka Wolves"]),
        ("after=nonsense", ["বাংলার বাঘ", "Dhaka Wolves"]),
    ],
)
def test_the_directory_filters(client, wolves, query, found):
    make_team("বাংলার বাঘ", tag="BAGH", game="mlbb", is_recruiting=True)

    page = client.get(f"/teams/?{query}")

    assert page.status_code == 200
    assert [team.name for team in page.context["page"].rows] == found


def test_a_member_finds_the_own_private_team(client, wolves, rafi):
    Team.objects.update(is_public=False)
    assert "Dhaka Wolves" not in text(client.get("/teams/"))
    client.force_login(rafi)
    assert "Dhaka Wolves" in text(client.get("/teams/"))


def test_the_pages_of_the_directory_join_without_gap_or_overlap(client):
    names = {make_team(f"Team number {number}").name for number in range(50)}

    seen, url = [], "/teams/"
    while url:
        page = client.get(url)
        seen += [team.name for team in page.context["page"].rows]
        url = page.context["next_url"] and "/teams/" + page.context["next_url"]

    assert len(seen) == 50
    assert set(seen) == names


def test_htmx_gets_the_list_alone(client, wolves):
    page = client.get("/teams/?search=dw", headers={"HX-Request": "true"})

    assert "<html" not in page.content.decode()
    assert "Dhaka Wolves" in text(page)


# --- Team page --------------------------------------------------------------------------------------------------------


def test_a_visitor_reads_who_plays_where(client, wolves, mim):
    add_member(wolves, mim, "substitute", in_game_role="Duelist")

    page = text(client.get(wolves.get_absolute_url()))

    assert "Dhaka Wolves" in page
    assert "2 of 8" in page
    assert page.count("Open place") == 4
    assert "Invite" not in page
    assert "mim Substitute · Duelist" in page


def test_the_team_page_costs_the_same_with_one_and_with_eight_members(
    client, wolves, rafi, django_assert_max_num_queries
):
    few = queries_of(client, wolves.get_absolute_url(), django_assert_max_num_queries)
    fill(wolves, 8)
    full = queries_of(client, wolves.get_absolute_url(), django_assert_max_num_queries)

    # Four: the team with its captain; how many follow it; the roster with its players; its sponsors.
    assert (few, full) == (4, 4)


def test_the_manage_page_costs_the_same_with_one_and_with_many_invitations(
    client, wolves, rafi, django_assert_max_num_queries
):
    client.force_login(rafi)
    url = reverse("teams:manage", args=[wolves.slug])
    make_invite(wolves, make_user())
    few = queries_of(client, url, django_assert_max_num_queries)
    for _ in range(10):
        make_invite(wolves, make_user())
    fill(wolves, 8)

    assert queries_of(client, url, django_assert_max_num_queries) == few


def test_a_shared_link_shows_name_and_picture(client, wolves):
    page = client.get(wolves.get_absolute_url()).content.decode()

    assert '<meta property="og:title" content="Dhaka Wolves [DW]">' in page
    assert '<meta property="og:url" content="http://testserver/teams/dhaka-wolves/">' in page


def test_a_name_can_not_bring_markup(client, rafi):
    team = make_team("<script>alert(1)</script>", captain=rafi, tagline="<b>x</b>", description="<img src=x>")

    page = client.get(team.get_absolute_url()).content.decode()

    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "<img src=x>" not in page


# --- Create -----------------------------------------------------------------------------------------------------------


def logo(size=(200, 200)):
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, "PNG")
    return SimpleUploadedFile("logo.png", content.getvalue(), "image/png")


def test_five_steps_make_a_team(client, mim, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(mim)
    typed = {"step": "1", "go": "next", "game": "cs2"}
    assert client.post("/teams/new/", typed).context["step"] == 2
    typed |= {"step": "2", "name": "Delta West", "tag": "DWX"}
    assert client.post("/teams/new/", typed).context["step"] == 3
    typed |= {"step": "3", "tagline": "We try.", "hero_template": "herald"}
    looked = client.post("/teams/new/", {**typed, "logo": logo()})
    assert looked.context["step"] == 4
    typed |= {"step": "4", "logo_kept": dict(looked.context["carried"])["logo_kept"]}
    typed |= {"visibility": "public", "region": "BD", "in_game_role": "IGL"}
    review = client.post("/teams/new/", typed)
    assert review.context["step"] == 5
    assert "Delta West [DWX]" in text(review)
    assert not Team.objects.exists()
    done = client.post("/teams/new/", typed | {"step": "5"})

    team = Team.objects.get()
    assert (done.status_code, done["Location"]) == (302, "/teams/delta-west/manage/")
    assert (team.name, team.tag, team.game, team.tagline) == ("Delta West", "DWX", "cs2", "We try.")
    assert (team.captain, team.memberships.get().in_game_role) == (mim.profile, "IGL")
    assert (team.hero_template, team.is_public) == ("herald", True)
    assert all((tmp_path / name).exists() for name in team.logo.file_names)


def test_back_keeps_everything_that_was_typed(client, mim):
    client.force_login(mim)
    typed = {"step": "3", "go": "back", "game": "cs2", "name": "Delta West", "tag": "DWX", "tagline": "We try."}

    page = client.post("/teams/new/", typed)
    html = page.content.decode()

    assert page.context["step"] == 2
    assert 'value="Delta West"' in html
    assert '<input type="hidden" name="game" value="cs2">' in html
    assert '<input type="hidden" name="tagline" value="We try.">' in html


def test_a_taken_tag_is_said_at_its_field_and_the_input_stays(client, wolves, mim):
    client.force_login(mim)

    page = client.post("/teams/new/", {"step": "2", "go": "next", "game": "cs2", "name": "Delta West", "tag": "dw"})

    assert page.status_code == 422
    assert page.context["form"].errors == {"tag": ["This tag is taken by Dhaka Wolves. Try DWX."]}
    assert 'value="Delta West"' in page.content.decode()


def test_skipping_ahead_leads_back_to_the_step_that_is_wrong(client, mim):
    client.force_login(mim)

    page = client.post("/teams/new/", {"step": "3", "go": "next", "game": "cs2", "name": "", "tag": "DWX"})

    assert (page.status_code, page.context["step"]) == (422, 2)
    assert not Team.objects.exists()


def test_a_bad_logo_leaves_no_team_and_no_file(client, mim, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(mim)
    fake = SimpleUploadedFile("logo.png", b"<?php nothing ?>", "image/png")

    page = client.post(
        "/teams/new/",
        {"step": "3", "go": "next", "game": "cs2", "name": "Delta West", "tag": "DWX", "region": "BD", "logo": fake},
    )

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["logo"])
    assert not Team.objects.exists()
    assert list(tmp_path.rglob("*.webp")) == []


def test_a_refused_team_leaves_no_logo_behind(client, wolves, rafi, settings, tmp_path):
    """The service refuses after the files are written: they go away again."""
    from apps.common import images
    from apps.core.errors import Conflict
    from apps.teams.services.teams import create_team

    settings.MEDIA_ROOT = tmp_path
    processed = images.process(logo(), purpose="team_logo")

    with pytest.raises(Conflict):
        create_team(actor=make_user(), name="Delta West", tag="DW", game="cs2", logo=processed)
    assert list(tmp_path.rglob("*.webp")) == []


def test_the_crest_preview_takes_letters_and_digits_only(client, mim):
    client.force_login(mim)

    page = client.get("/teams/new/crest/", {"tag": "<b>dw7"}).content.decode()

    assert "BDW7" in page
    assert "<b>" not in page


# --- Edit -------------------------------------------------------------------------------------------------------------


def test_a_new_logo_replaces_the_old_files(
    client, wolves, rafi, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(rafi)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/teams/dhaka-wolves/edit/", {"region": "BD", "is_public": "on", "logo": logo()})

    wolves.refresh_from_db()
    assert wolves.logo
    assert len(list(tmp_path.rglob("*.webp"))) == 4


def test_editing_records_only_what_changed(client, wolves, rafi):
    from apps.core.models import AuditEvent

    client.force_login(rafi)
    client.post("/teams/dhaka-wolves/edit/", {"region": "BD", "is_public": "on", "tagline": "New words"})
    client.post("/teams/dhaka-wolves/edit/", {"region": "BD", "is_public": "on", "tagline": "New words"})

    event = AuditEvent.objects.get(action="team.updated")
    assert (event.old, event.new) == ({"tagline": ""}, {"tagline": "New words"})
