"""@names in what members write."""

import re
from collections.abc import Iterator

from apps.teams.models import TeamMembership

# Not inside an e-mail address or a link. A name ends with a letter or digit: "@rafi." names rafi.
_NAME = re.compile(r"(?<![\w@./-])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,28}[A-Za-z0-9_])?)")


def members_named(team_id: int, body: str) -> list[int]:
    """Return the ids of the users whom ``body`` names and who belong to the team now. One query, none without an @."""
    names = {name.lower() for name in _NAME.findall(body)}
    if not names:
        return []
    members = TeamMembership.objects.current().filter(team=team_id)
    known = members.values_list("profile__user", "profile__user__username")
    return sorted(pk for pk, name in known if name.lower() in names)


def pieces(body: str) -> Iterator[tuple[str, str]]:
    """Yield the text in order as (text, "") and (@name, name)."""
    end = 0
    for match in _NAME.finditer(body):
        yield body[end : match.start()], ""
        yield match[0], match[1]
        end = match.end()
    yield body[end:], ""
