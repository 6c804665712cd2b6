"""What is kept of teams for everybody, how long, and when it is forgotten.

Nothing on a shelf depends on who looks: it is built without a request. What is the viewer's own is asked each time.
The number in a name says what is in it: raise it when that changes, since another release may have stored it.
"""

from apps.common.single_flight import Shelf

LEADERBOARD = Shelf("teams:leaderboard:1", seconds=15 * 60)
HUB = Shelf("teams:hub:1", seconds=15 * 60)
SIDEBAR = Shelf("team_sidebar:1", seconds=10 * 60)


def forget_lists() -> None:
    """A team or its points changed: every list of teams is wrong."""
    for shelf in (LEADERBOARD, HUB, SIDEBAR):
        shelf.forget()
