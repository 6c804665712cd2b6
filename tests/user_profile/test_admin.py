"""Staff correct what breaks the rules, through the services."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from apps.core.models import AuditEvent
from apps.user_profile import services
from apps.user_profile.admin import ProfileAdminForm, UserProfileAdmin
from apps.user_profile.models import UserProfile
from tests.user_profile.people import person, processed

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    boss = person("boss")
    boss.is_staff = boss.is_superuser = True
    boss.save()
    return boss


@pytest.fixture
def request_of(boss):
    def make(**data):
        request = RequestFactory().post("/admin/", data)
        request.user = boss
        request._messages = []
        return request

    return make


@pytest.fixture
def page():
    return UserProfileAdmin(UserProfile, admin.site)


class Messages(list):
    def add(self, level, message, extra_tags=""):
        self.append(message)


def test_what_staff_change_is_audited_as_theirs(page, request_of, boss):
    rafi = person("rafi", bio="rude words")
    form = ProfileAdminForm(
        {"display_name": "Rafi", "region": "BD", "bio": "", "looking_for_team": ""}, instance=rafi.profile
    )
    assert form.is_valid(), form.errors
    page.save_model(request_of(), form.save(commit=False), form, change=True)
    profile = UserProfile.objects.get(user=rafi)
    assert (profile.display_name, profile.bio) == ("Rafi", "")
    assert (AuditEvent.objects.get().actor_id, AuditEvent.objects.get().action) == (boss.pk, "profile.updated")


def test_the_admin_form_follows_the_same_rules():
    rafi = person("rafi")
    form = ProfileAdminForm({"display_name": "!", "region": "XX", "bio": ""}, instance=rafi.profile)
    assert set(form.errors) == {"display_name", "region"}


def test_ids_privacy_and_phone_are_read_only(page, request_of):
    fields = page.get_readonly_fields(request_of())
    for name in ("riot_id", "mlbb_id", "is_private", "show_email", "twitch_url"):
        assert name in fields
    shown = [name for _title, options in page.fieldsets for name in options["fields"]]
    assert "phone" not in shown
    assert (page.has_add_permission(request_of()), page.has_delete_permission(request_of())) == (False, False)


def test_pictures_that_break_the_rules_are_removed(page, request_of, stored_files, django_capture_on_commit_callbacks):
    rafi = person("rafi")
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    request = request_of()
    request._messages = Messages()
    with django_capture_on_commit_callbacks(execute=True):
        page.remove_pictures(request, UserProfile.objects.filter(user=rafi))
    assert (UserProfile.objects.get(user=rafi).avatar, stored_files()) == ("", [])
    assert request._messages == ["Removed the pictures of 1 players."]


def test_a_player_is_found_by_a_whole_game_id(page, request_of):
    rafi = person("rafi", riot_id="Rafi#BD1")
    person("mim", riot_id="Mim#BD1")
    found, _ = page.get_search_results(request_of(), UserProfile.objects.all(), "rafi#bd1")
    assert list(found) == [rafi.profile]
