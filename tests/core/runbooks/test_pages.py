"""Runbooks, their pages and the alert rules belong together: none without the others."""

import re
from pathlib import Path

import pytest

from apps.core.runbooks import every, named

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "runbooks"
RULES = sorted((ROOT / "deploy").rglob("*alert*.yml"))

# A person decides these; there is nothing that a command could find out.
WITHOUT_COMMAND = {"key-leak", "account-takeover", "restore"}
# What the page of a runbook has to say, in this order.
PARTS = ["**You see:**", "**First:**", "## Diagnosis", "## Remedy", "## Proof", "## Undo", "## Still wrong"]

ALERT = re.compile(r"^\s*- alert: (\w+)$", re.MULTILINE)
LINK = re.compile(r"docs/runbooks/([a-z-]+)\.md")


def pages() -> set[str]:
    return {page.stem for page in PAGES.glob("*.md")}


def test_every_runbook_has_a_page_and_every_page_a_runbook() -> None:
    assert {each.slug for each in every()} <= pages()
    assert pages() - {each.slug for each in every()} >= WITHOUT_COMMAND


@pytest.mark.parametrize("slug", sorted(each.slug for each in every()))
def test_a_page_says_what_you_see_what_to_do_first_and_how_to_undo_it(slug: str) -> None:
    text = (PAGES / f"{slug}.md").read_text()
    found = [text.index(part) for part in PARTS]
    assert found == sorted(found)
    assert f"manage.py runbook {slug}" in text
    assert len(text.splitlines()) <= 60


def test_the_pages_lead_to_pages_that_there_are() -> None:
    for page in [*PAGES.glob("*.md"), ROOT / "docs" / "runbooks.md"]:
        for target in re.findall(r"\]\(((?:runbooks/)?[a-z-]+\.md)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}"


def test_no_page_and_no_remedy_tells_anybody_to_purge_or_flush() -> None:
    for page in PAGES.glob("*.md"):
        for line in page.read_text().splitlines():
            if re.search(r"celery purge|flushall|flushdb|rm -rf", line, re.IGNORECASE):
                assert "never" in line.lower(), f"{page.name}: {line}"


def test_every_alert_leads_to_a_page_and_its_runbook_knows_it() -> None:
    told = "\n".join(rules.read_text() for rules in RULES)
    alerts = set(ALERT.findall(told))
    linked = set(LINK.findall(told))
    known = {alert for each in every() for alert in each.alerts}
    assert linked <= pages()
    assert known <= alerts, "a runbook names an alert that there is not"


@pytest.mark.parametrize("alert", sorted(alert for each in every() for alert in each.alerts))
def test_the_name_of_an_alert_finds_its_runbook(alert: str) -> None:
    assert alert in named(alert).alerts
