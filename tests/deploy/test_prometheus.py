"""The rules and dashboards speak of figures that exist, every alert has a page that says what to do, and each fires."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.core import runbooks
from apps.core.metrics import instruments, sources
from apps.core.operations import conditions

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
# What only somebody outside can see, and what the page itself cannot judge.
ONLY_OUTSIDE = {"SiteDown"}
# Figures and rules of ours. What stands in quotes is a label's value and no figure.
OURS = re.compile(r"\b(?:deltacrown|http)[a-z0-9_:]*\b")
QUOTED = re.compile(r'"[^"]*"')
SUFFIXES = ("_bucket", "_count", "_sum")


def rules(name: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((RULES / "rules" / name).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules("alerts.yml")}


def slug(alert: dict[str, Any]) -> str:
    return Path(alert["annotations"]["runbook_url"]).stem


def figures() -> set[str]:
    """Every name that /metrics can say, and every recorded one."""
    told = set(instruments._instruments) | {
        family.name for source in sources.registered() for family in source.families
    }
    histograms = {name for name, one in instruments._instruments.items() if one.kind == "histogram"}
    told |= {name + suffix for name in histograms for suffix in SUFFIXES}
    return told | {rule["record"] for rule in rules("recording.yml")} | {"deltacrown_source_up"}


def expressions() -> list[tuple[str, str]]:
    """Every expression with where it stands."""
    found = [
        (rule.get("alert") or rule["record"], rule["expr"]) for rule in rules("alerts.yml") + rules("recording.yml")
    ]
    for path in DASHBOARDS:
        board = json.loads(path.read_text())
        found += [
            (f"{path.name}: {panel['title']}", target["expr"])
            for panel in board["panels"]
            for target in panel["targets"]
        ]
        found += [(f"{path.name}: {note['name']}", note["expr"]) for note in board["annotations"]["list"]]
    return found


def test_rules_and_dashboards_speak_of_figures_that_exist() -> None:
    known = figures()
    unknown = {
        f"{where}: {name}"
        for where, expression in expressions()
        for name in OURS.findall(QUOTED.sub('""', expression))
        if name not in known
    }
    assert unknown == set()


def test_there_is_a_dashboard_for_each_family() -> None:
    assert [path.stem for path in DASHBOARDS] == ["application", "business", "database", "jobs", "system"]
    boards = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert len({board["uid"] for board in boards}) == len(boards)
    for board in boards:
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_every_alert_has_a_severity_a_sentence_and_a_page() -> None:
    for name, alert in alerts().items():
        assert alert["labels"]["severity"] in {"critical", "warning"}, name
        assert alert["annotations"]["summary"].endswith("."), name
        assert (ROOT / "docs" / "runbooks" / f"{slug(alert)}.md").is_file(), f"{name}: no page {slug(alert)}"


def test_every_alert_has_a_command_that_mends_it() -> None:
    assert {name: runbooks.named(name).slug for name in alerts()} == {
        name: slug(alert) for name, alert in alerts().items()
    }


def test_the_operations_page_knows_the_same_faults_by_the_same_names() -> None:
    page = {one.alert: (one.severity, one.runbook) for one in conditions.registered()}
    rule = {name: (alert["labels"]["severity"], slug(alert)) for name, alert in alerts().items()}
    assert page == {name: told for name, told in rule.items() if name not in ONLY_OUTSIDE}


def test_every_alert_is_tested_to_fire_and_to_clear() -> None:
    tested = yaml.safe_load((RULES / "tests" / "alerts.yml").read_text())["tests"]
    of_alerts = [test for test in tested if test["name"] in alerts()]  # others try what must stay quiet
    assert {test["name"] for test in of_alerts} == set(alerts())
    for test in of_alerts:
        fires, clears = test["alert_rule_test"]
        assert fires["alertname"] == clears["alertname"] == test["name"]
        assert len(fires["exp_alerts"]) == 1
        assert clears["exp_alerts"] == []


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing: apt-get install prometheus")
@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("check", "rules", "rules/alerts.yml", "rules/recording.yml"),
        ("test", "rules", "tests/alerts.yml"),
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing_wrong(words: tuple[str, ...]) -> None:
    done = subprocess.run(["promtool", *words], cwd=RULES, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
