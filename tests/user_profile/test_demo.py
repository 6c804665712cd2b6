"""The demo's people look like people, and loading twice changes nothing."""

import pytest

from apps.user_profile import demo
from apps.user_profile.models import Follow, PreferredGame, UserProfile
from tests.user_profile.people import person

pytestmark = pytest.mark.django_db


def everything():
    rows = UserProfile.objects.order_by("pk").values(*(f.attname for f in UserProfile._meta.concrete_fields))
    return (
        list(rows),
        list(PreferredGame.objects.order_by("pk").values()),
        list(Follow.objects.order_by("pk").values()),
    )


def test_every_person_is_filled_and_a_second_load_changes_nothing():
    for username in demo.PEOPLE:
        person(username)
    demo.load()
    before = everything()
    assert {profile.display_name for profile in UserProfile.objects.all()} == {p.name for p in demo.PEOPLE.values()}
    assert UserProfile.objects.get(user__username="mim").get_game_id("mlbb") == "123450103 (2103)"
    assert Follow.objects.count() == len(demo.FOLLOWS)
    demo.load()
    assert everything() == before


def test_people_who_are_not_there_are_skipped():
    person("rafi")
    demo.load()
    assert UserProfile.objects.count() == 1
    assert Follow.objects.count() == 0


def test_what_somebody_changed_is_kept():
    person("rafi", display_name="My own name", bio="mine")
    demo.load()
    profile = UserProfile.objects.get(user__username="rafi")
    assert (profile.display_name, profile.bio, profile.riot_id) == ("My own name", "mine", "")
