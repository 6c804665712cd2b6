"""The admin opens for staff with a second factor, and gives nobody rights they don't have."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from apps.accounts.models import User
from apps.core.models import AuditEvent

from .conftest import PASSWORD, code_of


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.ADMIN_REQUIRE_MFA = True


def admin_paths():
    """Return one address for every pattern of the admin, also of apps that come later."""
    paths = set()
    for name in get_resolver().namespace_dict["admin"][1].reverse_dict:
        if isinstance(name, str):
            for args in ((), ("1",), ("1", "1"), ("auth",)):
                try:
                    paths.add(reverse(f"admin:{name}", args=args))
                except NoReverseMatch:
                    continue
    return sorted(paths | {"/admin/no-such-page/"})


@pytest.fixture
def staff(make_user):
    user = make_user("support_1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return user


@pytest.fixture
def superuser(make_user):
    return make_user("nadia", is_staff=True, is_superuser=True)


@pytest.fixture
def inside(second_factor):
    def enter(user):
        second_factor(user)
        browser = Client()
        browser.force_login(user)
        return browser

    return enter


def fields(response):
    """Return the form of an admin page as a browser would send it."""
    form = response.context["adminform"].form
    data = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False, ""):
            data[bound.html_name] = list(value) if isinstance(value, (list, tuple)) else value
    for formset in response.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        data |= {f"{prefix}-{n}": 0 for n in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    return data


def test_staff_without_a_second_factor_reach_no_page_of_the_admin_by_any_method(superuser):
    browser = Client()
    browser.force_login(superuser)
    paths = admin_paths()
    assert len(paths) > 20
    for path in paths:
        for method in (browser.get, browser.post):
            response = method(path)
            assert (response.status_code, response.url) == (302, "/accounts/staff/second-factor/"), path


def test_visitors_are_sent_to_the_login_and_others_are_refused(client, user):
    for path in admin_paths():
        assert client.get(path).url.startswith("/accounts/login/?next=/admin/"), path
        assert client.post(path).url.startswith("/accounts/login/?next=/admin/"), path
    client.force_login(user)
    for path in admin_paths():
        assert client.get(path).status_code == 403, path


def test_setting_up_an_app_leads_back_to_where_staff_wanted_to_go(superuser, log_in, mailed):
    browser = Client()
    log_in(browser, superuser)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert browser.get("/admin/accounts/user/?is_staff__exact=1").url == "/accounts/staff/second-factor/"
    assert browser.get("/accounts/staff/second-factor/").status_code == 200
    secret = browser.get("/accounts/2fa/totp/activate/").context["form"].secret
    mailed(lambda: browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}))
    assert "Go on to the admin" in browser.get("/accounts/2fa/recovery-codes/").content.decode()
    back = browser.get("/accounts/staff/second-factor/")
    assert back.url == "/admin/accounts/user/?is_staff__exact=1"
    assert browser.get(back.url).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(superuser, second_factor):
    second_factor(superuser)
    Authenticator.objects.filter(type="totp").delete()
    browser = Client()
    browser.force_login(superuser)
    assert browser.get("/admin/").url == "/accounts/staff/second-factor/"


def test_with_the_variable_off_the_password_is_enough(superuser, settings):
    settings.ADMIN_REQUIRE_MFA = False
    browser = Client()
    browser.force_login(superuser)
    assert browser.get("/admin/").status_code == 200


def test_the_theme_names_the_site_and_the_environment(superuser, inside):
    html = inside(superuser).get("/admin/").content.decode()
    assert "DeltaCrown admin" in html
    assert "Testing" in html
    assert "/admin/accounts/user/" in html


def test_no_hash_and_no_secret_stand_on_a_users_page(superuser, user, inside, second_factor):
    second_factor(user)
    html = inside(superuser).get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
    assert "rafi@example.test" in html
    assert user.password.split("$")[-1] not in html
    assert "gAAAA" not in html
    for model in ("authenticator", "socialtoken", "socialapp"):
        assert not any(m._meta.model_name == model for m in admin.site._registry)


def test_support_changes_a_name_and_it_is_recorded(staff, user, inside):
    browser = inside(staff)
    page = browser.get(f"/admin/accounts/user/{user.pk}/change/")
    response = browser.post(f"/admin/accounts/user/{user.pk}/change/", {**fields(page), "first_name": "Rafi"})
    assert response.status_code == 302
    assert User.objects.get(pk=user.pk).first_name == "Rafi"
    event = AuditEvent.objects.get(action="account.changed_by_staff")
    assert (event.actor_id, event.new) == (staff.pk, {"changed": ["first_name"]})


def test_support_gives_nobody_rights_not_even_by_a_forged_form(staff, user, inside):
    group = Group.objects.create(name="Operator")
    browser = inside(staff)
    forged = {
        "username": "rafi",
        "email": "rafi@example.test",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": [group.pk],
        "user_permissions": [Permission.objects.first().pk],
    }
    page = browser.get(f"/admin/accounts/user/{user.pk}/change/")
    browser.post(f"/admin/accounts/user/{user.pk}/change/", {**fields(page), **forged})
    after = User.objects.get(pk=user.pk)
    assert (after.is_staff, after.is_superuser) == (False, False)
    assert (after.groups.count(), after.user_permissions.count()) == (0, 0)


@pytest.mark.parametrize("target", ["superuser", "staff", "colleague"])
def test_support_cannot_touch_staff_nor_become_them(staff, superuser, make_user, inside, target):
    victim = {"superuser": superuser, "staff": staff, "colleague": None}[target] or make_user("other_1", is_staff=True)
    browser = inside(staff)
    url = f"/admin/accounts/user/{victim.pk}/"
    taken = {"username": victim.username, "email": "mine@example.test"}
    assert browser.post(f"{url}change/", taken).status_code == 403
    new = {"password1": "padma-meghna-1", "password2": "padma-meghna-1", "usable_password": "true"}
    assert browser.post(f"{url}password/", new).status_code == 403
    assert browser.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    after = User.objects.get(pk=victim.pk)
    assert (after.email, after.password) == (victim.email, victim.password)


@pytest.mark.parametrize("path", ["/admin/auth/group/add/", "/admin/accounts/user/add/"])
def test_support_makes_no_groups_and_no_users(staff, inside, path):
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["add_group", "change_group"]))
    assert inside(staff).get(path).status_code == 403


def test_a_superuser_gives_rights_and_it_is_recorded(superuser, user, inside):
    group = Group.objects.create(name="Moderator")
    browser = inside(superuser)
    url = f"/admin/accounts/user/{user.pk}/change/"
    data = {**fields(browser.get(url)), "is_staff": "on", "groups": [group.pk]}
    assert browser.post(url, data).status_code == 302
    after = User.objects.get(pk=user.pk)
    assert after.is_staff
    assert list(after.groups.all()) == [group]
    changed = AuditEvent.objects.get(action="account.changed_by_staff")
    assert (changed.old, changed.new) == ({"is_staff": False}, {"is_staff": True})
    rights = AuditEvent.objects.get(action="account.rights_changed")
    assert (rights.old["groups"], rights.new["groups"]) == ([], ["Moderator"])


def test_nobody_is_deleted_in_the_admin(superuser, user, inside):
    browser = inside(superuser)
    assert browser.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in browser.get("/admin/accounts/user/").content.decode()
    assert User.objects.filter(pk=user.pk).exists()


def test_all_sessions_of_people_are_ended_and_staffs_are_left_to_superusers(staff, superuser, user, inside, log_in):
    victims = [Client(), Client()]
    log_in(victims[0], user)
    boss = UserSession.objects.create(user=superuser, ip="10.0.0.1", session_key="boss", user_agent="x")
    browser = inside(staff)
    data = {"action": "revoke_all_sessions", "_selected_action": [user.pk, superuser.pk]}
    browser.post("/admin/accounts/user/", data)
    assert victims[0].get("/accounts/security/").status_code == 302
    assert list(UserSession.objects.all()) == [boss]
    event = AuditEvent.objects.get(action="account.sessions_ended")
    assert (event.actor_id, event.target_id) == (staff.pk, str(user.pk))


def test_only_a_superuser_removes_a_lost_second_factor_and_the_person_is_told(
    staff, superuser, user, inside, second_factor, mailed
):
    second_factor(user)
    data = {"action": "remove_second_factors", "_selected_action": [user.pk]}
    inside(staff).post("/admin/accounts/user/", data)
    assert Authenticator.objects.filter(user=user).count() == 2
    browser = inside(superuser)
    mails = mailed(lambda: browser.post("/admin/accounts/user/", data))
    assert not Authenticator.objects.filter(user=user).exists()
    assert [m.to for m in mails] == [["rafi@example.test"]]
    assert AuditEvent.objects.filter(action="account.second_factors_removed", actor_id=superuser.pk).count() == 1


def test_a_new_address_set_by_staff_is_told_to_the_old_one(superuser, user, inside, mailed):
    browser = inside(superuser)
    url = f"/admin/accounts/user/{user.pk}/change/"
    data = {**fields(browser.get(url)), "email": "New@example.test"}
    [told] = mailed(lambda: browser.post(url, data))
    assert told.to == ["rafi@example.test"]
    assert User.objects.get(pk=user.pk).email == "new@example.test"


def test_a_user_made_by_hand_can_log_in_at_once(superuser, inside, log_in):
    form = {"username": "fahim", "email": "Fahim@example.test", "usable_password": "true"}
    form |= {"password1": PASSWORD, "password2": PASSWORD}
    assert inside(superuser).post("/admin/accounts/user/add/", form).status_code == 302
    browser = Client()
    log_in(browser, User.objects.get(username="fahim"))
    assert browser.get("/accounts/security/").status_code == 200


def test_a_password_that_a_superuser_sets_is_recorded_and_told_and_ends_the_sessions(
    superuser, user, inside, log_in, mailed
):
    victim = Client()
    log_in(victim, user)
    new = {"password1": "padma-meghna-1", "password2": "padma-meghna-1", "usable_password": "true"}
    browser = inside(superuser)
    [told] = mailed(lambda: browser.post(f"/admin/accounts/user/{user.pk}/password/", new))
    assert (told.to, told.subject) == (["rafi@example.test"], "Your password was set by our staff")
    after = User.objects.get(pk=user.pk)
    assert after.check_password("padma-meghna-1")
    assert after.password_changed_at is not None
    assert victim.get("/accounts/security/").status_code == 302
    assert AuditEvent.objects.filter(action="account.password_set_by_staff", actor_id=superuser.pk).count() == 1


def test_a_password_that_is_refused_changes_and_tells_nothing(superuser, user, inside, mailed):
    browser = inside(superuser)
    data = {"password1": "x", "password2": "y", "usable_password": "true"}
    assert mailed(lambda: browser.post(f"/admin/accounts/user/{user.pk}/password/", data)) == []
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_ones_own_password_is_changed_where_everybody_changes_theirs(superuser, inside):
    browser = inside(superuser)
    new = {"old_password": PASSWORD, "new_password1": "padma-meghna-1", "new_password2": "padma-meghna-1"}
    for response in (browser.get("/admin/password_change/"), browser.post("/admin/password_change/", new)):
        assert response.url == "/accounts/password/change/"
    assert User.objects.get(pk=superuser.pk).check_password(PASSWORD)
