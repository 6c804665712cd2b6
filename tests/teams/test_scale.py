"""``manage.py seed_scale``."""

import pytest
from django.core.management import CommandError, call_command

from apps.teams.models import Team, TeamMembership

pytestmark = pytest.mark.django_db


def test_it_makes_ranked_teams_whose_players_play_one_team_of_a_game(capsys):
    call_command("seed_scale", teams=30)

    assert "30 teams made." in capsys.readouterr().out
    assert Team.objects.filter(ranking__rank__isnull=False).count() == 30
    for team in Team.objects.all():
        assert team.member_count == TeamMembership.objects.active().filter(team=team).count() >= 1
        assert team.captain == team.memberships.get(role="captain").profile


@pytest.mark.parametrize(
    ("options", "words"),
    [({"teams": 0}, "--teams takes"), ({"mark": "Not So"}, "--mark takes"), ({"mark": "twice"}, "Choose another")],
)
def test_nonsense_is_refused_and_makes_nothing(options, words):
    call_command("seed_scale", teams=1, mark="twice")
    with pytest.raises(CommandError, match=words):
        call_command("seed_scale", **options)
    assert Team.objects.count() == 1


def test_a_real_site_refuses_made_up_teams(settings):
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="no place on a real site"):
        call_command("seed_scale", teams=1)
    assert not Team.objects.exists()
