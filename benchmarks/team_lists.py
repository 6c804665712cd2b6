"""What each list of teams asks of the database, at 100 and at 10,000 teams.

    .venv/bin/python -m benchmarks.team_lists [--teams 100 10000] [--rounds 5]

Takes the PostgreSQL and Redis of the environment and leaves no row behind: each size is made in a transaction that is
rolled back. It empties the cache. Prints a line for each address and JSON last. "cold" is with an empty cache, "warm"
with a filled one; times are the median of the rounds, in milliseconds, with the page rendered.
"""

import argparse
import json
import logging
import os
import statistics
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
django.setup()

from django.core.cache import cache  # noqa: E402 - after setup
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.teams import scale  # noqa: E402
from apps.teams.models import Team, TeamInvite, TeamMembership  # noqa: E402

ADDRESSES = {
    "directory": "/teams/",
    "directory, by points": "/teams/?sort=points",
    "directory, by members": "/teams/?sort=members",
    "directory, by name": "/teams/?sort=name",
    "directory, filtered": "/teams/?game=valorant&region=BD&recruiting=on&sort=points",
    "directory, searched": "/teams/?search=dhapad",
    "directory, nothing found": "/teams/?search=dhapaddi&verified=on&game=cs2",
    "hub": "/teams/hub/",
    "leaderboard": "/teams/leaderboard/",
    "leaderboard of a game": "/teams/leaderboard/?game=valorant",
    "leaderboard of a region": "/teams/leaderboard/?region=BD",
    "leaderboard of a game in a region": "/teams/leaderboard/?game=valorant&region=BD",
    "API": "/api/v1/teams/?sort=points",
    "my invitations": "/teams/invites/",
}
DEEP = 30  # pages


def visit(client: Client, url: str) -> tuple[int, float]:
    """Return how many queries the page took, and its milliseconds."""
    with CaptureQueriesContext(connection) as captured:
        start = time.perf_counter()
        answer = client.get(url)
        spent = time.perf_counter() - start
    if answer.status_code != 200:
        raise SystemExit(f"{url} answered {answer.status_code}")
    return len(captured), spent * 1000


def far_down(client: Client) -> str:
    """Return the address of the thirtieth page by name, or of the last one."""
    url = "/teams/?sort=name"
    for _ in range(DEEP):
        following = client.get(url).context["next_url"]
        if not following:
            break
        url = "/teams/" + following
    return url


def furnish(teams: int) -> User:
    """Load the teams and return one of their players, who has twenty invitations."""
    mark = f"bench{teams}x"
    scale.load(teams, now=timezone.now(), mark=mark)
    person = User.objects.get(username=f"{mark}0")
    others = Team.objects.exclude(pk__in=TeamMembership.objects.filter(profile__user=person).values("team"))
    for team in others.select_related("captain__user")[:20]:
        TeamInvite.objects.create(team=team, invitee=person, invited_by=team.captain.user)
    return person


def measure(teams: int, rounds: int) -> dict[str, Any]:
    """Return the figures of one size."""
    start = time.perf_counter()
    person = furnish(teams)
    figures: dict[str, Any] = {"teams": teams, "loaded_in_seconds": round(time.perf_counter() - start, 1), "lists": {}}
    visitor, member = Client(), Client()
    member.force_login(person)
    for name, url in {**ADDRESSES, "directory, far down": far_down(visitor)}.items():
        for who, client in (("visitor", visitor), ("member", member)):
            if url == "/teams/invites/" and who == "visitor":
                continue
            cache.clear()
            cold = visit(client, url)
            warm = [visit(client, url) for _ in range(rounds)]
            figures["lists"][f"{name} ({who})"] = {
                "cold": cold[0],
                "warm": warm[-1][0],
                "cold_ms": round(cold[1], 1),
                "warm_ms": round(statistics.median(spent for _, spent in warm), 1),
            }
    return figures


def main() -> None:
    """Measure each size and end with 1 when a list asks more at one size than at another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teams", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    setup_test_environment(debug=False)
    found = []
    for teams in options.teams:
        with transaction.atomic():
            found.append(measure(teams, options.rounds))
            transaction.set_rollback(True)
        cache.clear()
    counts = [{name: (line["cold"], line["warm"]) for name, line in size["lists"].items()} for size in found]
    same = all(count == counts[0] for count in counts)
    for name in counts[0]:
        lines = [size["lists"][name] for size in found]
        told = " | ".join(f"{line['cold']}/{line['warm']} queries, {line['warm_ms']} ms" for line in lines)
        sys.stdout.write(f"{name:46} {told}\n")
    sys.stdout.write(json.dumps({"same_counts": same, "sizes": found}) + "\n")
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
