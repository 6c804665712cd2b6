"""The rules of the house hold, and each catches what it is there to catch."""

import tomllib
from pathlib import Path

import pytest
from django.db import models
from django.test.utils import isolate_apps

from deltacrown.environment import BASE_DIR
from deltacrown.house import foreign_keys, modules, templates
from deltacrown.house.layers import FLOORS, may_use


def test_the_floors_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = [
        tuple(module.strip().removeprefix("apps.") for module in layer.split("|")) for layer in contracts[0]["layers"]
    ]
    assert tuple(floors) == FLOORS


def test_an_app_may_use_lower_floors_only() -> None:
    assert may_use("teams", "notifications")
    assert not may_use("notifications", "teams")
    assert not may_use("players", "support")


def test_our_foreign_keys_point_downwards() -> None:
    assert list(foreign_keys.find()) == []


@isolate_apps("apps.core", "apps.teams")
def test_a_foreign_key_upwards_is_found() -> None:
    class Team(models.Model):
        class Meta:
            app_label = "teams"

    class Note(models.Model):
        team = models.ForeignKey(Team, on_delete=models.CASCADE)

        class Meta:
            app_label = "core"

    assert list(foreign_keys.find([Team, Note])) == ["core.Note.team points to teams.Team: core stands below teams"]


def test_our_templates_point_downwards() -> None:
    assert list(templates.find(BASE_DIR / "templates")) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("teams/page.html", '{% extends "siteui/base.html" %}{% include "notifications/bell.html" %}', []),
        ("teams/page.html", "{# {% url 'dashboard:home' %} #}", []),
        (
            "notifications/bell.html",
            "{% url 'teams:team_detail' 1 %}",
            ["teams:team_detail: notifications stands below teams"],
        ),
        ("account/login.html", '{% include "teams/card.html" %}', ["teams/card.html: accounts stands below teams"]),
        ("teams/page.html", "{% static 'siteui/community.css' %}", ["siteui/community.css: teams stands below siteui"]),
        ("siteui/base.html", "{% static 'siteui/site.css' %}", []),
        ("siteui/base.html", "{% url 'notifications:list' %}", ["notifications:list: the frame names no app"]),
    ],
)
def test_a_template_that_points_upwards_is_found(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert [sentence.split(" uses ")[1] for sentence in templates.find(tmp_path)] == found


def test_our_modules_keep_the_rules() -> None:
    assert list(modules.find(BASE_DIR)) == []


def test_a_module_that_breaks_the_rules_is_found() -> None:
    text = "def f():\n    from apps.teams import models\n" + "    x = 1\n" * 100
    assert list(modules.find_in("apps/core/utils.py", text)) == [
        "apps/core/utils.py: name it after what it holds",
        "apps/core/utils.py:1 f: 102 lines, 100 at the most",
        "apps/core/utils.py:2 f: imports apps.teams inside a function",
    ]
    assert list(modules.find_in("apps/teams/tasks.py", "task.delay(1)")) == [
        "apps/teams/tasks.py:1 start work with apps.core.jobs.enqueue, which no crash loses"
    ]
    assert list(modules.find_in("apps/core/jobs/dispatch.py", "task.apply_async(1)")) == []
    assert list(modules.find_in("apps/core/long.py", "x = 1\n" * 501)) == [
        "apps/core/long.py: 501 lines, 500 at the most"
    ]
