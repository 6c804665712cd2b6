import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from apps.core import slots


@pytest.fixture
def loaded(monkeypatch):
    """Two demo loaders instead of the apps' own; the list tells who was called."""
    called = []

    def players():
        called.append("players")
        return "40 people"

    def teams():
        called.append("teams")

    monkeypatch.setattr(slots, "_slots", slots.defaultdict(set))
    slots.register("demo", teams, weight=20)
    slots.register("demo", players, weight=10)
    return called


def test_the_apps_load_in_the_order_of_their_weight_and_say_what_they_did(loaded, capsys):
    call_command("seed_demo")

    assert loaded == ["players", "teams"]
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == ["40 people", "loaded"]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_people_never_meet_demo_logins(loaded, settings, environment):
    settings.ENVIRONMENT = environment

    with pytest.raises(CommandError, match="password that everybody knows"):
        call_command("seed_demo")

    assert loaded == []


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    call_command("seed_demo", verbosity=0)
    before = counts()

    call_command("seed_demo", verbosity=0)

    assert counts() == before


def counts():
    return {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.app_label != "core"}
