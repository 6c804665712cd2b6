"""Two requests at once: the constraint decides, nobody sees an error page."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.core.errors import DomainError
from apps.core.models import AuditEvent
from apps.user_profile import services
from apps.user_profile.models import Follow, UserProfile
from tests.user_profile.people import person, processed

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run all in threads that start together; return results and refusals in order."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait()
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


@pytest.mark.parametrize("round_", range(3))
def test_an_id_claimed_by_six_at_once_goes_to_one(round_, monkeypatch):
    # Nobody finds it taken when looking, so that the database alone decides.
    looks = monkeypatch.setattr
    people = [person(f"player{number}") for number in range(6)]
    real = services.game_ids._check_free
    looked = set()

    def look_once(profile):
        if profile.pk in looked:
            return real(profile)
        looked.add(profile.pk)
        return None

    looks(services.game_ids, "_check_free", look_once)
    results = at_once(
        *(
            lambda user=user: services.set_game_id(
                actor=user,
                profile_id=user.profile.pk,
                game="valorant",
                value=f"{'Rafi' if user.pk % 2 else 'rAFI'}#BD1",
            )
            for user in people
        )
    )
    refused = [result for result in results if isinstance(result, DomainError)]
    assert len(refused) == 5
    assert {(refusal.code, refusal.field) for refusal in refused} == {("game_id_taken", "riot_id")}
    assert UserProfile.objects.exclude(riot_id="").count() == 1
    assert AuditEvent.objects.count() == 1


def test_eight_clicks_on_follow_make_one_follow():
    rafi, mim = person("rafi"), person("mim")
    results = at_once(*[lambda: services.follow(actor=rafi, profile_id=mim.profile.pk)] * 8)
    assert sorted(results) == [False] * 7 + [True]
    assert Follow.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_eight_clicks_on_unfollow_end_it_once():
    rafi, mim = person("rafi"), person("mim")
    services.follow(actor=rafi, profile_id=mim.profile.pk)
    results = at_once(*[lambda: services.unfollow(actor=rafi, profile_id=mim.profile.pk)] * 8)
    assert sorted(results) == [False] * 7 + [True]
    assert Follow.objects.count() == 0
    assert AuditEvent.objects.filter(action="profile.unfollowed").count() == 1


def test_two_edits_of_different_fields_at_once_both_last():
    rafi = person("rafi")
    pk = rafi.profile.pk
    at_once(
        lambda: services.update_profile(actor=rafi, profile_id=pk, bio="hello"),
        lambda: services.update_privacy(actor=rafi, profile_id=pk, is_private=True),
        lambda: services.set_game_id(actor=rafi, profile_id=pk, game="fc26", value="rafi_fc"),
    )
    profile = UserProfile.objects.get(pk=pk)
    assert (profile.bio, profile.is_private, profile.ea_id) == ("hello", True, "rafi_fc")


def test_four_pictures_at_once_leave_the_files_of_one(stored_files):
    rafi = person("rafi")
    made = [processed("avatar", color=color) for color in ("#ff0000", "#00ff00", "#0000ff", "#ffff00")]
    at_once(
        *(
            lambda image=image: services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=image)
            for image in made
        )
    )
    avatar = UserProfile.objects.get(user=rafi).avatar
    assert stored_files() == sorted(avatar.file_names)
