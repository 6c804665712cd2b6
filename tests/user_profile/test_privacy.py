"""Who sees what of a profile: every viewer, every field."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from apps.accounts.models import User
from apps.core.errors import NotFound, PermissionRefused
from apps.user_profile import permissions
from apps.user_profile.models import UserProfile
from apps.user_profile.selectors import follow_list, visible_profile
from tests.user_profile.people import follows, person

pytestmark = pytest.mark.django_db

VIEWERS = ("visitor", "user", "follower", "friend", "owner", "plain staff", "staff")
SEES_ALL = ("owner", "staff")

# What each switch governs, by the attribute of VisibleProfile.
FIELDS = {
    "bio": "Calls in Bangla",
    "region_name": "Nepal",
    "looking_for_team": True,
    "email": "rafi@example.test",
    "phone": "+8801712345678",
    "links": 1,
    "games": 1,
    "followers": 2,
    "joined_at": True,
}
SWITCH = {"email": "show_email", "phone": "show_phone", "links": "show_socials"}


@pytest.fixture
def rafi():
    return person(
        "rafi",
        bio="Calls in Bangla",
        region="NP",
        looking_for_team=True,
        phone="+8801712345678",
        twitch_url="https://twitch.tv/rafi",
        riot_id="Rafi#BD1",
    )


@pytest.fixture
def viewers(rafi):
    people = {"visitor": AnonymousUser(), "owner": rafi, "user": person("user")}
    people["follower"], people["friend"] = person("follower"), person("friend")
    follows(people["follower"], rafi)
    follows(people["friend"], rafi)
    follows(rafi, people["friend"])
    for name in ("plain staff", "staff"):
        people[name] = person(name.replace(" ", ""))
        people[name].is_staff = True
        people[name].save()
    people["staff"].user_permissions.add(Permission.objects.get(codename="view_userprofile"))
    people["staff"] = User.objects.get(pk=people["staff"].pk)
    return people


def set_switches(user, **switches):
    UserProfile.objects.filter(user=user).update(**switches)


def seen(profile):
    """Return which of FIELDS hold the truth in what the viewer was given; anything else must be empty."""
    found = set()
    for name, truth in FIELDS.items():
        value = getattr(profile, name)
        shown = len(value) if isinstance(value, tuple) else bool(value) if truth is True else value
        assert shown in (truth, "", 0, False), f"{name} is {value!r}"
        if shown == truth:
            found.add(name)
    return found


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize("switches", [(), ("show_email",), ("show_phone",), ("show_socials",), tuple(SWITCH.values())])
def test_the_matrix(rafi, viewers, viewer, is_private, switches):
    set_switches(rafi, is_private=is_private, **{name: name in switches for name in SWITCH.values()})

    profile = visible_profile(viewers[viewer], "rafi")

    governed = {name for name, switch in SWITCH.items() if switch not in switches}
    if viewer in SEES_ALL:
        expected = set(FIELDS)
    elif is_private:
        expected = set()
    else:
        expected = set(FIELDS) - governed
    assert seen(profile) == expected
    assert profile.is_hidden is (is_private and viewer not in SEES_ALL)
    assert (profile.display_name, profile.username) == ("rafi", "rafi")


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_page_gives_nothing_away_that_the_selector_hides(client, rafi, viewers, viewer):
    set_switches(rafi, is_private=True, show_email=True, show_phone=True, show_socials=True)
    if viewer != "visitor":
        client.force_login(viewers[viewer])
    page = client.get("/u/rafi/").content.decode()
    secrets = ("Calls in Bangla", "Nepal", "rafi@example.test", "+8801712345678", "twitch.tv/rafi", "Rafi#BD1")
    for secret in secrets:
        assert (secret in page) is (viewer in SEES_ALL), secret
    assert "rafi" in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("kind", ["followers", "following", "friends"])
def test_the_lists_of_a_private_profile_are_refused_with_the_reason(client, rafi, viewers, viewer, kind):
    set_switches(rafi, is_private=True)
    if viewer in SEES_ALL:
        assert follow_list(viewers[viewer], rafi.profile, kind).rows
        return
    rafi.profile.refresh_from_db()
    with pytest.raises(PermissionRefused, match="rafi keeps this private"):
        follow_list(viewers[viewer], rafi.profile, kind)
    if viewer != "visitor":
        client.force_login(viewers[viewer])
    assert client.get(f"/u/rafi/{kind}/").status_code == 403


@pytest.mark.parametrize("viewer", [name for name in VIEWERS if name != "owner"])
def test_a_closed_account_is_there_for_staff_only(client, rafi, viewers, viewer):
    User.objects.filter(pk=rafi.pk).update(is_active=False)
    if viewer == "staff":
        assert visible_profile(viewers[viewer], "rafi").display_name == "rafi"
        return
    with pytest.raises(NotFound):
        visible_profile(viewers[viewer], "rafi")
    if viewer != "visitor":
        client.force_login(viewers[viewer])
    assert [client.get(path).status_code for path in ("/u/rafi/", "/u/rafi/followers/", "/u/nobody/")] == [404] * 3


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize("is_active", [False, True])
def test_the_three_forms_of_each_rule_agree(rafi, viewers, viewer, is_private, is_active):
    set_switches(rafi, is_private=is_private)
    User.objects.filter(pk=rafi.pk).update(is_active=is_active)
    actor = viewers[viewer]
    if viewer == "owner":
        actor = User.objects.get(pk=rafi.pk)
    profile = UserProfile.objects.select_related("user").get(user=rafi)
    everyone = UserProfile.objects.all()

    def allowed(check):
        try:
            check(actor, profile)
        except (NotFound, PermissionRefused, permissions.Conflict):
            return False
        return True

    rules = [
        (permissions.check_see, permissions.can_see, permissions.seen_by),
        (permissions.check_edit, permissions.can_edit, permissions.editable_by),
        (permissions.check_follow, permissions.can_follow, permissions.followable_by),
    ]
    for check, can, keep in rules:
        answers = {allowed(check), can(actor, profile), keep(actor, everyone).filter(pk=profile.pk).exists()}
        assert len(answers) == 1, can.__name__
    details = permissions.can_see(actor, profile) and permissions.can_see_details(actor, profile)
    assert permissions.with_details_for(actor, everyone).filter(pk=profile.pk).exists() is details
