"""Writes: who may, what is refused, what is left behind in the audit trail."""

import pytest
from django.contrib.auth.models import Permission

from apps.accounts.models import User
from apps.core.errors import DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.user_profile import services
from apps.user_profile.errors import GameIdTaken, InvalidGameId
from apps.user_profile.models import Follow, UserProfile
from tests.user_profile.people import follows, person, processed

pytestmark = pytest.mark.django_db


def stored(user):
    """Return the row as it stands, to prove that a refusal changed nothing."""
    profile = UserProfile.objects.get(user=user)
    row = {field.attname: getattr(profile, field.attname) for field in UserProfile._meta.concrete_fields}
    return row, sorted(profile.preferred_games.values_list("game", flat=True))


def trail():
    return list(AuditEvent.objects.order_by("pk").values_list("action", "old", "new"))


def test_a_player_changes_what_they_say_about_themselves():
    rafi = person("rafi")
    services.update_profile(
        actor=rafi,
        profile_id=rafi.profile.pk,
        display_name=" রাফি ",
        region="NP",
        bio="One\n\n\n\nTwo",
        phone="01712-345678",
        looking_for_team=True,
        links={"twitch": "rafibd", "discord": ""},
        preferred_games=["cs2", "valorant"],
    )
    profile = UserProfile.objects.get(user=rafi)
    assert (profile.display_name, profile.region, profile.bio) == ("রাফি", "NP", "One\n\nTwo")
    assert (profile.phone, profile.looking_for_team) == ("+8801712345678", True)
    assert (profile.twitch_url, profile.discord_url) == ("https://www.twitch.tv/rafibd", "")
    assert set(profile.preferred_games.values_list("game", flat=True)) == {"cs2", "valorant"}


def test_the_trail_tells_what_changed_and_keeps_nobodys_own_words():
    rafi = person("rafi", bio="my secret story")
    services.update_profile(
        actor=rafi, profile_id=rafi.profile.pk, bio="", region="NP", phone="01712345678", preferred_games=["cs2"]
    )
    assert trail() == [
        (
            "profile.updated",
            {"bio": True, "phone": False, "region": "BD", "preferred_games": []},
            {"bio": False, "phone": True, "region": "NP", "preferred_games": ["cs2"]},
        )
    ]


def test_saving_what_is_already_there_leaves_no_trail():
    rafi = person("rafi")
    services.update_profile(
        actor=rafi, profile_id=rafi.profile.pk, display_name="rafi", region="BD", preferred_games=[]
    )
    assert trail() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"display_name": "!"}, "display_name"),
        ({"region": "XX"}, "region"),
        ({"bio": "a" * 501}, "bio"),
        ({"phone": "call me"}, "phone"),
        ({"links": {"youtube": "https://evil.example"}}, "youtube_url"),
        ({"links": {"myspace": "x"}}, "links"),
        ({"preferred_games": ["chess"]}, "preferred_games"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_at_its_field_and_nothing_is_changed(changes, field):
    rafi = person("rafi", bio="before")
    before = stored(rafi)
    with pytest.raises(DomainError) as refusal:
        services.update_profile(
            actor=rafi, profile_id=rafi.profile.pk, **({"region": "NP", "display_name": "New"} | changes)
        )
    assert refusal.value.field == field
    assert stored(rafi) == before
    assert trail() == []


WRITES = {
    "update_profile": lambda actor, pk: services.update_profile(actor=actor, profile_id=pk, bio="mine now"),
    "update_privacy": lambda actor, pk: services.update_privacy(actor=actor, profile_id=pk, is_private=True),
    "set_game_id": lambda actor, pk: services.set_game_id(actor=actor, profile_id=pk, game="fc26", value="mine_now"),
    "set_game_ids": lambda actor, pk: services.set_game_ids(actor=actor, profile_id=pk, values={"ea_id": "mine_now"}),
    "set_avatar": lambda actor, pk: services.set_avatar(actor=actor, profile_id=pk, image=processed("avatar")),
    "set_banner": lambda actor, pk: services.set_banner(actor=actor, profile_id=pk, image=processed("banner")),
    "remove_picture": lambda actor, pk: services.remove_picture(actor=actor, profile_id=pk, picture="avatar"),
}


@pytest.mark.parametrize("write", WRITES)
def test_nobody_changes_someone_elses_profile(write, stored_files):
    rafi, thief = person("rafi"), person("thief")
    thief.is_staff = True  # staff without the permission are nobody special
    thief.save()
    before = stored(rafi)
    with pytest.raises(PermissionRefused, match="You can only change your own profile"):
        WRITES[write](thief, rafi.profile.pk)
    assert stored(rafi) == before
    assert (trail(), stored_files()) == ([], [])


@pytest.mark.parametrize("write", WRITES)
def test_a_closed_account_changes_nothing(write):
    rafi = person("rafi")
    rafi.is_active = False
    rafi.save()
    before = stored(rafi)
    with pytest.raises(PermissionRefused):
        WRITES[write](rafi, rafi.profile.pk)
    assert stored(rafi) == before


@pytest.mark.parametrize("write", WRITES)
def test_a_profile_that_does_not_exist_is_not_found(write):
    with pytest.raises(NotFound):
        WRITES[write](person("rafi"), 999_999)


def test_staff_with_the_permission_may_correct_a_profile_and_the_trail_names_them():
    rafi, moderator = person("rafi"), person("moderator")
    moderator.is_staff = True
    moderator.save()
    moderator.user_permissions.add(Permission.objects.get(codename="change_userprofile"))
    moderator = User.objects.get(pk=moderator.pk)
    services.update_profile(actor=moderator, profile_id=rafi.profile.pk, display_name="Polite name")
    assert UserProfile.objects.get(user=rafi).display_name == "Polite name"
    assert AuditEvent.objects.get().actor_id == moderator.pk


def test_privacy_is_changed_switch_by_switch_and_audited():
    rafi = person("rafi")
    services.update_privacy(actor=rafi, profile_id=rafi.profile.pk, is_private=True, show_socials=True)
    assert trail() == [("profile.privacy_changed", {"is_private": False}, {"is_private": True})]
    with pytest.raises(TypeError, match="no privacy switch is_staff"):
        services.update_privacy(actor=rafi, profile_id=rafi.profile.pk, is_staff=True)


def test_game_ids_are_set_repaired_and_removed():
    rafi = person("rafi")
    services.set_game_id(actor=rafi, profile_id=rafi.profile.pk, game="mlbb", value="১২৩৪৫৬৭৮৯ (২৩৪৫)")
    assert UserProfile.objects.get(user=rafi).get_game_id("mlbb") == "123456789 (2345)"
    services.set_game_id(actor=rafi, profile_id=rafi.profile.pk, game="mlbb", value="")
    assert UserProfile.objects.get(user=rafi).get_game_id("mlbb") == ""
    changed = {"mlbb_id": True, "mlbb_server_id": True}
    gone = {"mlbb_id": False, "mlbb_server_id": False}
    assert trail() == [("profile.game_ids_changed", gone, changed), ("profile.game_ids_changed", changed, gone)]


def test_one_wrong_id_among_several_changes_none():
    rafi = person("rafi", riot_id="Rafi#BD1")
    before = stored(rafi)
    with pytest.raises(InvalidGameId) as refusal:
        services.set_game_ids(actor=rafi, profile_id=rafi.profile.pk, values={"ea_id": "rafi_fc", "riot_id": "Rafi"})
    assert refusal.value.field == "riot_id"
    assert stored(rafi) == before


def test_half_an_mlbb_id_is_refused():
    rafi = person("rafi")
    with pytest.raises(InvalidGameId, match="needs MLBB server ID too") as refusal:
        services.set_game_ids(actor=rafi, profile_id=rafi.profile.pk, values={"mlbb_id": "123456789"})
    assert refusal.value.field == "mlbb_server_id"


@pytest.mark.parametrize(
    ("game", "theirs", "mine", "field"),
    [
        ("valorant", "Rafi#BD1", "RAFI#bd1", "riot_id"),
        ("mlbb", "123456789 (2345)", "123456789 (2345)", "mlbb_id"),
        ("fc26", "Rafi_fc", "rafi_FC", "ea_id"),
    ],
)
def test_an_id_that_another_player_has_is_refused_and_their_name_is_not_told(game, theirs, mine, field):
    rafi, thief = person("rafi"), person("thief")
    services.set_game_id(actor=rafi, profile_id=rafi.profile.pk, game=game, value=theirs)
    before = stored(thief)
    with pytest.raises(GameIdTaken) as refusal:
        services.set_game_id(actor=thief, profile_id=thief.profile.pk, game=game, value=mine)
    assert refusal.value.field == field
    assert "rafi" not in refusal.value.message.lower()
    assert stored(thief) == before


def test_an_unknown_game_is_refused():
    rafi = person("rafi")
    with pytest.raises(DomainError, match="There is no game 'chess'"):
        services.set_game_id(actor=rafi, profile_id=rafi.profile.pk, game="chess", value="x")


def test_following_makes_friends_when_it_goes_both_ways():
    rafi, mim = person("rafi"), person("mim")
    assert services.follow(actor=rafi, profile_id=mim.profile.pk) is True
    assert services.follow(actor=rafi, profile_id=mim.profile.pk) is False
    assert services.follow(actor=mim, profile_id=rafi.profile.pk) is True
    assert Follow.objects.count() == 2
    assert [action for action, _old, _new in trail()] == ["profile.followed"] * 2


def test_unfollowing_ends_it_once():
    rafi, mim = person("rafi"), person("mim")
    follows(rafi, mim)
    assert services.unfollow(actor=rafi, profile_id=mim.profile.pk) is True
    assert services.unfollow(actor=rafi, profile_id=mim.profile.pk) is False
    assert Follow.objects.count() == 0
    assert [action for action, _old, _new in trail()] == ["profile.unfollowed"]


def test_nobody_follows_themselves_or_a_closed_account():
    rafi, gone = person("rafi"), person("gone")
    gone.is_active = False
    gone.save()
    with pytest.raises(DomainError, match="You can't follow yourself"):
        services.follow(actor=rafi, profile_id=rafi.profile.pk)
    with pytest.raises(NotFound):
        services.follow(actor=rafi, profile_id=gone.profile.pk)
    assert Follow.objects.count() == 0


def test_following_in_bulk_is_stopped(monkeypatch):
    monkeypatch.setattr("apps.user_profile.services.follows.FOLLOWS_PER_HOUR", 2)
    rafi = person("rafi")
    others = [person(f"other{number}") for number in range(3)]
    for other in others[:2]:
        services.follow(actor=rafi, profile_id=other.profile.pk)
    with pytest.raises(DomainError) as refusal:
        services.follow(actor=rafi, profile_id=others[2].profile.pk)
    assert refusal.value.status == 429
    assert Follow.objects.count() == 2
