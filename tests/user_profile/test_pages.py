"""The pages: what they show, what they cost, and that they work without JavaScript."""

from collections import defaultdict

import pytest
from django.urls import reverse
from django.utils.safestring import mark_safe

from apps.core import slots
from apps.user_profile import services
from apps.user_profile.models import Follow, PreferredGame, UserProfile
from tests.user_profile.people import follows, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rafi():
    return person("rafi", bio="Calls in Bangla", riot_id="Rafi#BD1", twitch_url="https://www.twitch.tv/rafibd")


@pytest.fixture
def signed_in(client, rafi):
    client.force_login(rafi)
    return client


@pytest.fixture
def bare_page(monkeypatch):
    """The page without what higher apps add to it; they answer for their own queries."""
    kept = {name: fillings for name, fillings in slots._slots.items() if not name.startswith("profile_")}
    monkeypatch.setattr(slots, "_slots", defaultdict(set, kept))


def html(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- The public page --------------------------------------------------------------------------------------------------
def test_the_page_shows_the_player(client, rafi):
    PreferredGame.objects.create(profile=rafi.profile, game="mlbb")
    page = html(client.get("/u/rafi/"))
    for text in (
        "<h1>rafi</h1>",
        "@rafi",
        "Bangladesh",
        "Calls in Bangla",
        'value="Rafi#BD1"',
        "Mobile Legends: Bang Bang",
    ):
        assert text in page, text
    assert 'href="https://www.twitch.tv/rafibd" rel="nofollow noopener me ugc"' in page
    assert '<link rel="canonical" href="http://testserver/u/rafi/">' in page
    assert '<meta property="og:title" content="rafi (@rafi)">' in page
    assert "noindex" not in page


def test_a_name_in_other_case_leads_to_the_one_address(client, rafi):
    answer = client.get("/u/RAFI/")
    assert (answer.status_code, answer.url) == (301, "/u/rafi/")
    assert client.get("/u/Rafi/friends/").url == "/u/rafi/friends/"


def test_what_a_player_types_is_text_and_never_markup(client):
    person("eve", display_name="<script>alert(1)</script>", bio='"><img src=x onerror=alert(1)>')
    page = html(client.get("/u/eve/"))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_the_page_costs_the_same_with_few_and_with_many_followers(client, rafi, bare_page, django_assert_num_queries):
    for number in range(12):
        follows(person(f"fan{number}"), rafi)
    # 1 profile with user, 2 counts, 3 preferred games
    with django_assert_num_queries(3):
        html(client.get("/u/rafi/"))


def test_the_page_for_a_signed_in_player_costs_little_more(client, rafi, bare_page, django_assert_num_queries):
    client.force_login(person("mim"))
    frame_queries(client)  # the cart's count in the header is kept for a minute
    # 1 session, 2 user, 3 profile, 4 relation, 5 counts, 6 preferred games; the frame may add its bell.
    with django_assert_num_queries(6 + frame_queries(client)):
        html(client.get("/u/rafi/"))


def frame_queries(client):
    """Count what the frame asks for beyond session and user, on a page that asks for nothing itself."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        assert client.get(reverse("siteui:theme")).status_code == 200
    return max(0, len(caught) - 2)


def test_the_slot_for_teams_is_filled_and_a_hidden_profile_offers_none(client, rafi, bare_page):
    def teams(request, profile):
        return mark_safe(f"<p>teams of {profile.username}</p>")

    assert ">Teams</h2>" not in html(client.get("/u/rafi/"))
    slots.register("profile_teams", teams)
    assert "<p>teams of rafi</p>" in html(client.get("/u/rafi/"))
    UserProfile.objects.filter(user=rafi).update(is_private=True)
    assert "teams of rafi" not in html(client.get("/u/rafi/"))


def test_the_owner_sees_what_is_missing_and_others_do_not(client, rafi):
    assert "% complete" not in html(client.get("/u/rafi/"))
    client.force_login(rafi)
    page = html(client.get("/u/rafi/"))
    assert "Your profile is 50 % complete" in page
    assert reverse("user_profile:edit_pictures") in page


# --- Following --------------------------------------------------------------------------------------------------------
def test_follow_and_unfollow_work_as_plain_forms(signed_in, rafi):
    mim = person("mim")
    answer = signed_in.post("/u/mim/follow/", follow=True)
    assert answer.redirect_chain == [("/u/mim/", 302)]
    assert "You follow mim." in html(answer)
    assert Follow.objects.get().followed == mim.profile
    signed_in.post("/u/mim/unfollow/")
    assert Follow.objects.count() == 0


def test_with_htmx_only_the_button_comes_back(signed_in):
    person("mim")
    page = html(signed_in.post("/u/mim/follow/", headers={"HX-Request": "true"}))
    assert "Unfollow mim" in page
    assert "<html" not in page


def test_a_visitor_who_follows_is_led_to_the_login_and_back(client, rafi):
    answer = client.post("/u/rafi/follow/")
    assert (answer.status_code, answer.url.split("?")[1]) == (302, "next=/u/rafi/")
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("act", ["follow", "unfollow"])
def test_following_by_a_link_is_refused(signed_in, act):
    person("mim")
    assert signed_in.get(f"/u/mim/{act}/").status_code == 405
    assert Follow.objects.count() == 0


def test_after_following_from_a_list_one_is_back_there_and_never_elsewhere(signed_in):
    person("mim")
    assert signed_in.post("/u/mim/follow/", {"next": "/u/mim/followers/"}).url == "/u/mim/followers/"
    assert signed_in.post("/u/mim/follow/", {"next": "https://evil.example/"}).url == "/u/mim/"


def test_following_oneself_is_refused_with_the_reason(signed_in):
    assert "You can&#x27;t follow yourself." in html(signed_in.post("/u/rafi/follow/", follow=True))


def test_lists_go_on_from_the_last_seen_and_show_everyone_once(client, rafi, django_assert_num_queries):
    fans = [person(f"fan{number:02}") for number in range(35)]
    for fan in fans:
        follows(fan, rafi)
    # 1 profile with user, 2 the page of follows with profiles and users
    with django_assert_num_queries(2):
        first = html(client.get("/u/rafi/followers/"))
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    follows(person("late"), rafi)  # someone new meanwhile shifts nothing
    with django_assert_num_queries(2):
        second = html(client.get(f"/u/rafi/followers/{older}"))
    names = [f"fan{number:02}" for number in reversed(range(35))]
    assert [name for name in names if f"@{name}<" in first] == names[:30]
    assert [name for name in names if f"@{name}<" in second] == names[30:]
    assert "@late<" not in second


@pytest.mark.parametrize(
    "cursor", ["rubbish", "WyJ4Il0", "WzFdWzFd", "WzFlOTk5XQ", "WyJcdTAwMDAiXQ", "bnVsbA", "WzFlNDAwXQ"]
)
def test_a_cursor_that_makes_no_sense_gives_the_first_page(client, rafi, cursor):
    follows(person("mim"), rafi)
    assert "@mim<" in html(client.get("/u/rafi/followers/", {"after": cursor}))


def test_friends_are_those_who_follow_back_and_closed_accounts_are_gone(client, rafi):
    mim, fan, gone = person("mim"), person("fan"), person("gone")
    for one, other in ((rafi, mim), (mim, rafi), (fan, rafi), (rafi, gone), (gone, rafi)):
        follows(one, other)
    gone.is_active = False
    gone.save()
    page = html(client.get("/u/rafi/friends/"))
    assert ("@mim<" in page, "@fan<" in page, "@gone<" in page) == (True, False, False)
    public = html(client.get("/u/rafi/"))
    for count in ("Followers: 2", "Following: 1", "Friends: 1"):
        assert count in public, count


@pytest.mark.parametrize(
    ("kind", "text"),
    [("followers", "No followers yet"), ("following", "Follows nobody yet"), ("friends", "No friends yet")],
)
def test_an_empty_list_says_what_it_is_for(client, rafi, kind, text):
    assert text in html(client.get(f"/u/rafi/{kind}/"))


# --- Editing ----------------------------------------------------------------------------------------------------------
EDIT_PAGES = ["me", "edit_profile", "edit_games", "edit_pictures", "edit_privacy"]


@pytest.mark.parametrize("name", EDIT_PAGES)
def test_a_visitor_is_asked_to_log_in(client, name):
    address = reverse(f"user_profile:{name}")
    answer = client.get(address)
    assert (answer.status_code, answer.url.endswith(f"?next={address}")) == (302, True)


@pytest.mark.parametrize("name", EDIT_PAGES[1:])
def test_every_edit_page_leads_to_the_others(signed_in, name):
    page = html(signed_in.get(reverse(f"user_profile:{name}")))
    for other in EDIT_PAGES[1:]:
        assert f'href="{reverse(f"user_profile:{other}")}"' in page
    assert page.count('aria-current="page"') >= 1


def test_me_leads_to_ones_own_page(signed_in):
    assert signed_in.get("/me/").url == "/u/rafi/"


def filled(**changes):
    return {"display_name": "Rafi", "region": "BD", "preferred_games": ["cs2"]} | changes


def test_the_profile_is_saved(signed_in, rafi):
    answer = signed_in.post("/me/profile/", filled(twitch_url="@rafibd2", bio="New"), follow=True)
    assert "Profile saved." in html(answer)
    profile = UserProfile.objects.get(user=rafi)
    assert (profile.display_name, profile.twitch_url, profile.bio) == ("Rafi", "https://www.twitch.tv/rafibd2", "New")
    assert list(profile.preferred_games.values_list("game", flat=True)) == ["cs2"]


def test_all_mistakes_are_shown_at_once_and_what_was_typed_stays(signed_in, rafi):
    page = html(
        signed_in.post(
            "/me/profile/",
            filled(display_name="!", phone="call me", youtube_url="https://evil.example/x", bio="keep me"),
        )
    )
    for text in (
        "A name has at least two letters or digits.",
        "A phone number looks like 01712-345678",
        "This leads to evil.example, not to YouTube.",
        "keep me",
        'value="https://evil.example/x"',
        'value="call me"',
    ):
        assert text in page, text
    assert UserProfile.objects.get(user=rafi).display_name == "rafi"


def test_a_wrong_game_id_is_explained_and_what_was_typed_stays(signed_in, rafi):
    page = html(signed_in.post("/me/games/", {"riot_id": "Rafi", "ea_id": "rafi_fc"}))
    assert "Riot ID looks like Name#TAG: 3–16 characters, #, 3–5 letters or digits. You typed no #." in page
    assert 'value="Rafi"' in page
    assert 'value="rafi_fc"' in page
    profile = UserProfile.objects.get(user=rafi)
    assert (profile.riot_id, profile.ea_id) == ("Rafi#BD1", "")


def test_game_ids_are_saved_repaired(signed_in, rafi):
    answer = signed_in.post(
        "/me/games/", {"riot_id": " Rafi # BD1", "mlbb_id": "১২৩৪৫৬৭৮৯", "mlbb_server_id": "(2345)"[1:-1]}, follow=True
    )
    assert "Game IDs saved." in html(answer)
    assert UserProfile.objects.get(user=rafi).get_game_id("mlbb") == "123456789 (2345)"


def test_half_an_mlbb_id_is_explained_at_the_missing_half(signed_in):
    page = html(signed_in.post("/me/games/", {"mlbb_id": "123456789"}))
    assert page.split('id="id_mlbb_server_id_error"')[1].split("</div>")[0].count("needs MLBB server ID too") == 1


def test_a_taken_game_id_is_told_on_the_form(signed_in):
    person("mim", ea_id="Mim_fc")
    page = html(signed_in.post("/me/games/", {"ea_id": "mim_FC"}))
    assert "Another player already uses this EA ID." in page


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("riot_id", "Rafi", "You typed no #."),
        ("steam_id", "৭৬৫৬১১৯৮০০০০০০০৪২", 'value="76561198000000042"'),
        ("free_fire_id", "1234567890", "Looks right."),
        ("ea_id", "MIM_fc", "Another player already uses this EA ID."),
    ],
)
def test_the_live_check_answers_for_the_field_that_was_left(signed_in, rafi, field, typed, told):
    person("mim", ea_id="Mim_fc")
    page = html(signed_in.post(f"/me/games/check/?field={field}", {field: typed}, headers={"HX-Request": "true"}))
    assert told in page
    assert page.count("<input") == 1
    assert "<html" not in page
    assert UserProfile.objects.get(user=rafi).get_game_id("fc26") == ""  # nothing is saved by looking


def test_the_live_check_knows_no_other_field(signed_in):
    assert signed_in.post("/me/games/check/?field=password", {}).status_code == 404


def test_privacy_is_saved_and_an_unticked_box_means_off(signed_in, rafi):
    signed_in.post("/me/privacy/", {"is_private": "on", "show_email": "on"})
    profile = UserProfile.objects.get(user=rafi)
    assert (profile.is_private, profile.show_email, profile.show_phone, profile.show_socials) == (
        True,
        True,
        False,
        False,
    )


def test_the_forms_post_to_ones_own_profile_whatever_else_is_sent(signed_in, rafi):
    mim = person("mim")
    signed_in.post("/me/profile/", filled(profile_id=mim.profile.pk, user=mim.pk, display_name="Mine"))
    assert UserProfile.objects.get(user=mim).display_name == "mim"
    assert UserProfile.objects.get(user=rafi).display_name == "Mine"


def test_too_many_edits_are_told_on_the_form(signed_in, monkeypatch):
    monkeypatch.setattr(services.profiles, "EDITS_PER_HOUR", 0)
    page = html(signed_in.post("/me/profile/", filled(display_name="Changed")))
    assert 'value="Changed"' in page
    assert 'role="alert"' in page
