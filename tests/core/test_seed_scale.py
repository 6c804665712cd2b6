"""``manage.py seed_scale``."""

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.ecommerce.models import Order, Product
from apps.economy.models import DeltaCrownTransaction
from apps.economy.selectors.proof import prove
from apps.notifications.models import Notification
from apps.teams.models import Team, TeamMembership

pytestmark = pytest.mark.django_db


def test_it_makes_a_whole_site_of_the_asked_size(capsys):
    call_command("seed_scale", factor=0.0005)

    assert "50 people" in capsys.readouterr().out
    made = {model.__name__: model.objects.count() for model in (Notification, DeltaCrownTransaction, Product, Order)}
    assert made == {"Notification": 500, "DeltaCrownTransaction": 500, "Product": 2, "Order": 50}


def test_its_teams_are_ranked_and_their_players_play_one_team_of_a_game():
    call_command("seed_scale", factor=0.0005)

    assert Team.objects.filter(ranking__rank__isnull=False).count() == 10
    for team in Team.objects.all():
        assert team.member_count == TeamMembership.objects.active().filter(team=team).count() >= 1
        assert team.captain == team.memberships.get(role="captain").profile


def test_its_coins_are_proved_like_any_others():
    call_command("seed_scale", factor=0.0002)

    proof = prove()
    assert (proof.transactions, proof.count) == (200, 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"factor": 0}, "--factor takes"),
        ({"factor": 11}, "--factor takes"),
        ({"mark": "Not So"}, "--mark takes"),
        ({"factor": 0.00001, "mark": "twice"}, "Choose another"),
    ],
)
def test_nonsense_is_refused_and_makes_nothing(options, words):
    call_command("seed_scale", factor=0.00001, mark="twice")
    before = User.objects.count()
    with pytest.raises(CommandError, match=words):
        call_command("seed_scale", **options)
    assert User.objects.count() == before


def test_a_real_site_refuses_made_up_people(settings):
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="no place on a real site"):
        call_command("seed_scale", factor=0.00001)
    assert not User.objects.exists()
