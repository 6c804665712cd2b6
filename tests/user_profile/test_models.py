"""What the database itself holds about profiles."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.user_profile.errors import InvalidGameId
from apps.user_profile.models import Follow, PreferredGame, UserProfile
from tests.user_profile.people import person

pytestmark = pytest.mark.django_db


def test_a_user_gets_a_profile_named_like_the_username_and_never_like_the_person():
    user = User.objects.create_user("rafi", "rafi@example.test", "x", first_name="Rafiul", last_name="Hossain")
    assert (user.profile.display_name, user.profile.region) == ("rafi", "BD")


def test_createsuperuser_makes_a_profile_too(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-password")
    call_command("createsuperuser", "--noinput", username="boss", email="boss@example.test", verbosity=0)
    assert UserProfile.objects.get(user__username="boss").display_name == "boss"


def test_saving_a_user_again_makes_no_second_profile():
    user = person("rafi")
    user.save()
    assert UserProfile.objects.filter(user=user).count() == 1


@pytest.mark.parametrize(
    ("game", "typed", "shown", "label"),
    [
        ("valorant", "Rafi # BD1", "Rafi#BD1", "Riot ID"),
        ("cs2", "76561198000000042", "76561198000000042", "SteamID64"),
        ("mlbb", "১২৩৪৫৬৭৮৯ (২৩৪৫)", "123456789 (2345)", "MLBB ID"),
    ],
)
def test_a_game_id_is_set_and_got_by_the_code_of_the_game(game, typed, shown, label):
    profile = person("rafi").profile
    profile.set_game_id(game, typed)
    profile.save()
    profile.refresh_from_db()
    assert profile.get_game_id(game) == shown
    assert profile.get_game_id_label(game) == label


def test_one_steam_id_counts_for_both_games():
    profile = UserProfile()
    profile.set_game_id("dota2", "76561198000000042")
    assert profile.get_game_id("cs2") == "76561198000000042"


def test_a_wrong_game_id_is_refused_and_nothing_set():
    profile = UserProfile(riot_id="Old#BD1")
    with pytest.raises(InvalidGameId) as refusal:
        profile.set_game_id("valorant", "Rafi")
    assert refusal.value.field == "riot_id"
    assert profile.riot_id == "Old#BD1"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("riot_id", "Rafi"),
        ("riot_id", "Ra#BD1"),
        ("steam_id", "12345678901234567"),
        ("efootball_id", "a b"),
        ("ea_id", "abc"),
        ("codm_uid", "12a45678"),
        ("free_fire_id", "0123456789"),
        ("pubg_mobile_id", "৫১২৩৪৫৬৭৮৯"),
        ("mlbb_id", "123456789"),
        ("mlbb_server_id", "2345"),
        ("phone", "01712345678"),
        ("display_name", ""),
    ],
)
def test_the_database_refuses_what_no_page_would_store(column, value):
    profile = person("rafi").profile
    with pytest.raises(IntegrityError), transaction.atomic():
        UserProfile.objects.filter(pk=profile.pk).update(**{column: value})


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("riot_id", "Rafi#BD1", "rAFI#bd1"),
        ("steam_id", "76561198000000042", "76561198000000042"),
        ("efootball_id", "ABCD-123", "abcd-123"),
        ("ea_id", "Rafi_fc", "rafi_FC"),
        ("codm_uid", "1234567", "1234567"),
        ("free_fire_id", "1234567", "1234567"),
        ("pubg_mobile_id", "1234567", "1234567"),
    ],
)
def test_the_database_lets_a_game_id_belong_to_one_player(column, one, other):
    person("rafi", **{column: one})
    with pytest.raises(IntegrityError), transaction.atomic():
        person("tanvir", **{column: other})


def test_an_mlbb_id_is_one_players_per_server():
    person("rafi", mlbb_id="123456789", mlbb_server_id="2345")
    person("tanvir", mlbb_id="123456789", mlbb_server_id="2346")
    with pytest.raises(IntegrityError), transaction.atomic():
        person("mim", mlbb_id="123456789", mlbb_server_id="2345")


def test_many_players_without_an_id_are_no_conflict():
    person("rafi")
    person("tanvir")
    assert UserProfile.objects.filter(riot_id="").count() == 2


def test_the_models_own_validation_speaks_the_same_sentences():
    profile = person("rafi").profile
    profile.riot_id = "Rafi"
    with pytest.raises(ValidationError, match="Riot ID looks like Name#TAG"):
        profile.validate_constraints()


def test_the_database_refuses_following_oneself_and_following_twice():
    one, other = person("rafi").profile, person("tanvir").profile
    Follow.objects.create(follower=one, followed=other)
    for pair in ({"follower": one, "followed": one}, {"follower": one, "followed": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(**pair)


def test_a_game_is_preferred_once():
    profile = person("rafi").profile
    PreferredGame.objects.create(profile=profile, game="cs2")
    with pytest.raises(IntegrityError), transaction.atomic():
        PreferredGame.objects.create(profile=profile, game="cs2")
