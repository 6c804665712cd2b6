"""Creating a team."""

import pytest

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.teams.errors import PlaysElsewhere
from apps.teams.events import MemberJoined, TeamCreated
from apps.teams.models import Team, TeamMembership
from apps.teams.services.teams import create_team
from tests.teams.people import make_team, make_user

pytestmark = pytest.mark.django_db


def create(actor, **changes):
    return create_team(actor=actor, **({"name": "Dhaka Wolves", "tag": "DW", "game": "valorant"} | changes))


def test_the_creator_is_captain_and_first_member(mim):
    team = create(mim, in_game_role="IGL")

    membership = team.memberships.get()
    assert team.captain == mim.profile
    assert (membership.profile, membership.role, membership.slot) == (mim.profile, "captain", 1)
    assert (membership.game, membership.in_game_role, membership.status) == ("valorant", "IGL", "active")
    assert team.slug == "dhaka-wolves"


def test_it_is_told_on_commit(mim, published):
    team = create(mim)

    assert published() == [
        MemberJoined(team_id=team.pk, profile_id=mim.profile.pk, role="captain"),
        TeamCreated(team_id=team.pk, captain_id=mim.profile.pk),
    ]


def test_it_is_recorded(mim, recorded):
    create(mim)

    assert recorded() == ["team.member_joined", "team.created"]


def test_a_visitor_can_not_create(db):
    from django.contrib.auth.models import AnonymousUser

    with pytest.raises(PermissionRefused):
        create(AnonymousUser())
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    "taken", ["Dhaka Wolves", "DHAKA WOLVES", "  dhaka   wolves ", "Ｄｈａｋａ Wolves", "Dhaka\u200b Wolves"]
)
def test_a_name_is_taken_however_it_is_dressed(wolves, mim, taken):
    with pytest.raises(Conflict) as refusal:
        create(mim, name=taken, tag="NEW", game="cs2")

    assert (refusal.value.field, refusal.value.message) == ("name", "This name is taken. Try another.")
    assert Team.objects.count() == 1


def test_a_taken_tag_says_by_whom_and_what_is_free(wolves, mim):
    with pytest.raises(Conflict) as refusal:
        create(mim, name="Delta West", tag="dw", game="cs2")

    assert refusal.value.field == "tag"
    assert refusal.value.message == "This tag is taken by Dhaka Wolves. Try DWX."


def test_the_suggested_tag_is_itself_free(wolves, mim):
    make_team(tag="dwx")
    make_team(tag="DWBD")

    with pytest.raises(Conflict, match=r"Try DWGG\.$"):
        create(mim, name="Delta West", tag="DW", game="cs2")


def test_a_private_team_is_not_named_to_others(mim):
    make_team("Secret Squad", tag="SEC", is_public=False)

    with pytest.raises(Conflict) as refusal:
        create(mim, tag="SEC")
    assert refusal.value.message == "This tag is taken. Try SECX."


def test_a_suggested_tag_never_grows_too_long(mim):
    make_team(tag="ABCDEFGHIJ")

    with pytest.raises(Conflict, match=r"Try ABCDEFGHIX\.$"):
        create(mim, tag="ABCDEFGHIJ")


@pytest.mark.parametrize("tag", ["D", "ABCDEFGHIJK", "D-W", "D W", "ডব্লিউ", ""])
def test_a_tag_has_two_to_ten_plain_letters_or_digits(mim, tag):
    with pytest.raises(DomainError) as refusal:
        create(mim, tag=tag)
    assert refusal.value.field == "tag"
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("game", "chess"), ("region", "XX"), ("name", "ab"), ("tagline", "x" * 81)]
)
def test_every_field_is_checked_by_the_service_too(mim, field, value):
    with pytest.raises(DomainError) as refusal:
        create(mim, **{field: value})
    assert refusal.value.field == field
    assert not Team.objects.exists()


def test_an_unknown_role_in_the_game_leaves_nothing_behind(mim):
    with pytest.raises(DomainError) as refusal:
        create(mim, in_game_role="Goalkeeper")

    assert refusal.value.field == "in_game_role"
    assert not Team.objects.exists()


def test_a_player_has_one_team_per_game(wolves, rafi):
    with pytest.raises(PlaysElsewhere) as refusal:
        create(rafi, name="Second Squad", tag="SQ2")

    assert refusal.value.field == "game"
    assert refusal.value.message.startswith("You already play Valorant for Dhaka Wolves.")
    assert Team.objects.count() == 1


def test_another_game_is_another_team(wolves, rafi):
    team = create(rafi, name="Second Squad", tag="SQ2", game="cs2")

    assert TeamMembership.objects.active().filter(profile=rafi.profile).count() == 2
    assert team.captain == rafi.profile


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Dhaka Wolves", "dhaka-wolves"),
        ("পদ্মা টাইগার্স", "px"),
        ("New", "new-2"),
        ("Invites", "invites-2"),
    ],
)
def test_the_slug_comes_from_the_name_and_is_never_a_word_of_our_own_addresses(mim, name, slug):
    assert create(mim, name=name, tag="PX").slug == slug


def test_names_that_look_alike_get_slugs_of_their_own(mim):
    make_team("Dhaka-Wolves", slug="dhaka-wolves")

    assert create(mim).slug == "dhaka-wolves-2"


def test_ten_tries_a_day_are_enough(mim):
    from apps.core.errors import RateLimited

    for number in range(10):
        with pytest.raises(DomainError):
            create(mim, tag="?", name=f"Team {number}")
    with pytest.raises(RateLimited):
        create(mim)
    assert not Team.objects.exists()


def test_a_joiner_stays_in_bangla_and_goes_elsewhere(mim):
    assert create(mim, name="র\u200d্যাপিড দল").name == "র\u200d্যাপিড দল"
    assert create(make_user(), name="Dha\u200dka", tag="DK").name == "Dhaka"
