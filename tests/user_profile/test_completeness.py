"""How complete a profile is: a pure function of the row."""

import pytest

from apps.user_profile.models import UserProfile
from apps.user_profile.selectors import completeness
from apps.user_profile.selectors.completeness import STEPS

FULL = {
    "riot_id": "Rafi#BD1",
    "avatar": "avatar/ab/abc",
    "banner": "banner/ab/abc",
    "bio": "Hello",
    "twitch_url": "https://www.twitch.tv/rafi",
}


def missing(preferred=("valorant",), **changes):
    found = completeness(UserProfile(**FULL | changes), preferred_games=preferred)
    return found.percent, [step.code for step in found.missing]


def test_the_steps_make_up_a_hundred_percent():
    assert sum(step.percent for step in STEPS) == 100


def test_a_fresh_profile_is_at_zero_and_lists_everything():
    found = completeness(UserProfile(), preferred_games=[])
    assert found.percent == 0
    assert [step.code for step in found.missing] == ["game_id", "avatar", "games", "bio", "link", "banner"]


def test_a_full_profile_is_complete():
    assert completeness(UserProfile(**FULL), preferred_games=["valorant"]).is_complete
    assert missing() == (100, [])


@pytest.mark.parametrize(
    ("changes", "percent", "code"),
    [
        ({"riot_id": ""}, 75, "game_id"),
        ({"avatar": ""}, 80, "avatar"),
        ({"preferred": ()}, 80, "games"),
        ({"bio": ""}, 85, "bio"),
        ({"twitch_url": ""}, 90, "link"),
        ({"banner": ""}, 90, "banner"),
    ],
)
def test_each_thing_missing_costs_its_share(changes, percent, code):
    assert missing(**changes) == (percent, [code])


def test_every_preferred_game_wants_its_id():
    assert missing(preferred=("valorant", "cs2")) == (75, ["game_id"])
    assert missing(preferred=("valorant", "cs2"), steam_id="76561198000000042") == (100, [])
