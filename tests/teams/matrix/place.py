"""A team with everyone in it, and a client for each person."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client

from apps.accounts.models import User
from apps.teams.models import Team
from tests.teams.matrix.who import WHO
from tests.teams.people import add_member, make_team, make_user

MODERATION = (
    "view_team",
    "change_team",
    "change_teamsponsor",
    "change_teampromotion",
    "change_teamachievement",
    "change_teampost",
    "change_teamverification",
    "view_teampostreport",
    "view_teaminvite",
    "view_chatmessage",
    "view_rankingcriteria",
    "add_teampointsadjustment",
)
ROLES = {
    "member": "player",
    "substitute": "substitute",
    "coach": "coach",
    "manager": "manager",
    "co_captain": "co_captain",
}


class Place(SimpleNamespace):
    """``team``, ``people``, ``clients``, and whatever the modules of the matrix furnished."""

    team: Team
    people: dict[str, User]
    clients: dict[str, Client]

    def __deepcopy__(self, memo: Any) -> "Place":
        """Stay one thing: Django copies what a test class holds, and each cell takes back what it wrote."""
        return self


def build() -> Place:
    captain = make_user("captain")
    team = make_team("Dhaka Wolves", captain=captain, tag="DW", slug="dhaka-wolves", members_can_view_stats=False)
    people = {name: make_user(name) for name in ("user", "invited", "other_captain", *ROLES)}
    people |= {"captain": captain, "superuser": make_user("superuser", is_superuser=True, is_staff=True)}
    people["moderator"] = make_moderator()
    members = {name: add_member(team, people[name], role) for name, role in ROLES.items()}
    make_team("Ravens", captain=people["other_captain"])
    people["trusted"] = people["member"]
    clients = {who: Client() for who in WHO}
    for who, client in clients.items():
        if who in people:
            client.force_login(people[who])
    return Place(team=team, people=people, clients=clients, members=members)


def make_moderator() -> User:
    """Staff who keep order, and no superuser."""
    group, _ = Group.objects.get_or_create(name="Moderator")
    group.permissions.set(Permission.objects.filter(content_type__app_label="teams", codename__in=MODERATION))
    moderator = make_user("moderator", is_staff=True)
    moderator.groups.add(group)
    return moderator
