"""People who ask to join, and a link to share, so that a captain has something to answer."""

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.teams.models import Team, TeamInviteLink, TeamJoinRequest
from apps.teams.services import join_requests, links, settings

ASKS = (
    (
        "dhaka-wolves",
        "priya",
        "I main controllers and play every evening after eight.",
        "Weekdays 20–23, Friday all day",
    ),
    ("dhaka-wolves", "ovi", "আমি ইনিশিয়েটর খেলি, মিরপুরে থাকি।", "Weekends"),
    ("padma-tigers", "maliha", "", ""),
)
QUESTIONS = {"dhaka-wolves": "What hours do you play?"}


def load() -> str:
    """Make what is missing, once. What was answered by hand stays answered."""
    teams = {team.slug: team for team in Team.objects.active().select_related("captain__user")}
    people = {user.username: user for user in User.objects.select_related("profile")}
    for slug, question in QUESTIONS.items():
        if slug in teams and not TeamJoinRequest.objects.filter(team=teams[slug]).exists():
            _ask_about(teams[slug], question)
    made = sum(
        _ask(teams[slug], people[name], message, answer)
        for slug, name, message, answer in ASKS
        if slug in teams and name in people
    )
    wolves = teams.get("dhaka-wolves")
    if wolves and not TeamInviteLink.objects.filter(team=wolves).exists():
        links.create_link(actor=wolves.captain.user, team_id=wolves.pk, role="substitute", max_uses=5, days=30)
    return f"{made} join requests made"


def _ask_about(team: Team, question: str) -> None:
    settings.change_join_settings(
        actor=team.captain.user,
        team_id=team.pk,
        accepts_join_requests=True,
        join_message_required=False,
        auto_accept_join_requests=False,
        join_question=question,
    )


def _ask(team: Team, player: User, message: str, answer: str) -> bool:
    if TeamJoinRequest.objects.filter(team=team, player=player).exists():
        return False
    try:
        join_requests.ask_to_join(actor=player, team_id=team.pk, message=message, answer=answer)
    except DomainError:  # in the team by now, or it takes no requests any more
        return False
    return True
