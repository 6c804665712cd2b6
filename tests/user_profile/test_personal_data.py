"""What a person gets when they ask for their data, and what stays when they leave."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import AccountDeletion
from apps.accounts.personal_data import write_export
from apps.accounts.services.deletion import purge_account
from apps.core import slots
from apps.user_profile import personal_data, services
from apps.user_profile.models import Follow, PreferredGame, UserProfile
from tests.user_profile.people import follows, person, processed

pytestmark = pytest.mark.django_db


@pytest.fixture
def rafi(django_capture_on_commit_callbacks):
    rafi = person(
        "rafi", bio="Secret", riot_id="Rafi#BD1", phone="+8801712345678", show_email=True, looking_for_team=True
    )
    PreferredGame.objects.create(profile=rafi.profile, game="valorant")
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    rafi.profile.refresh_from_db()
    return rafi


def test_the_export_holds_everything_typed_and_can_be_written_as_json(rafi):
    mim = person("mim")
    follows(rafi, mim)
    data = json.loads(json.dumps(personal_data.personal_data(rafi), cls=DjangoJSONEncoder))
    profile = data["profile"][0]
    assert (profile["bio"], profile["riot_id"], profile["phone"]) == ("Secret", "Rafi#BD1", "+8801712345678")
    assert profile["preferred_games"] == ["valorant"]
    assert profile["avatar"].endswith("-256.webp")
    assert [row["username"] for row in data["following"]] == ["mim"]
    assert data["followers"] == []


def test_every_column_of_the_profile_is_in_the_export(rafi):
    columns = {field.name for field in UserProfile._meta.concrete_fields} - {"id", "user"}
    assert columns <= set(personal_data.personal_data(rafi)["profile"][0])


def test_a_purged_profile_holds_nothing_of_the_person(rafi, stored_files, django_capture_on_commit_callbacks):
    mim = person("mim")
    follows(rafi, mim)
    follows(mim, rafi)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        personal_data.purge(rafi)
    profile = UserProfile.objects.get(user=rafi)
    kept = {"id", "user", "created_at", "updated_at", "display_name", "region", "is_private", "show_socials"}
    values = {f.name: getattr(profile, f.name) for f in UserProfile._meta.concrete_fields if f.name not in kept}
    assert set(values.values()) == {"", False}
    assert (profile.display_name, profile.is_private, profile.region) == ("Deleted player", True, "BD")
    assert (Follow.objects.count(), profile.preferred_games.count(), stored_files()) == (0, 0, [])


def test_a_purged_game_id_is_free_for_others(rafi):
    personal_data.purge(rafi)
    mim = person("mim")
    services.set_game_id(actor=mim, profile_id=mim.profile.pk, game="valorant", value="Rafi#BD1")
    assert UserProfile.objects.get(user=mim).riot_id == "Rafi#BD1"


def test_deleting_the_account_empties_the_profile(rafi, stored_files, django_capture_on_commit_callbacks):
    now = timezone.now()
    AccountDeletion.objects.create(user=rafi, requested_at=now - timedelta(days=40), due_at=now - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_account(user_id=rafi.pk) is True
    profile = UserProfile.objects.get(user=rafi)
    assert (profile.display_name, profile.riot_id, profile.bio, stored_files()) == ("Deleted player", "", "", [])


def test_the_zip_of_the_account_holds_the_profile(rafi):
    with zipfile.ZipFile(write_export(rafi)) as export:
        assert json.loads(export.read("profile.json"))[0]["riot_id"] == "Rafi#BD1"
        assert {"following.json", "followers.json"} <= set(export.namelist())


def test_accounts_find_both_in_their_slots():
    assert personal_data.personal_data in slots.fillings("personal_data")
    assert personal_data.purge in slots.fillings("account_purge")
