"""Events: told after commit, to every subscriber, whatever one of them does."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from apps.core import events


@dataclass(frozen=True)
class TeamNamed:
    team_id: int


@dataclass(frozen=True)
class CaptainNamed(TeamNamed):
    """Derived, to show that subscribers of the base are not told."""


@pytest.fixture
def heard() -> Iterator[list[object]]:
    heard: list[object] = []
    events.subscribe(TeamNamed, heard.append)
    yield heard
    events._handlers.pop(TeamNamed)


@pytest.mark.django_db(transaction=True)
def test_subscribers_hear_of_it_after_the_commit(heard: list[object]) -> None:
    with transaction.atomic():
        events.publish(TeamNamed(team_id=7))
        assert heard == []
    assert heard == [TeamNamed(team_id=7)]


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_of_what_was_rolled_back(heard: list[object]) -> None:
    with transaction.atomic():
        events.publish(TeamNamed(team_id=7))
        transaction.set_rollback(True)
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_it_is_told_at_once(heard: list[object]) -> None:
    events.publish(TeamNamed(team_id=7))
    assert heard == [TeamNamed(team_id=7)]


@pytest.mark.django_db(transaction=True)
def test_a_subscriber_that_fails_is_logged_and_does_not_silence_the_others(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[object] = []

    def fail(event: TeamNamed) -> None:
        raise ValueError("no such team")

    events.subscribe(TeamNamed, fail)
    events.subscribe(TeamNamed, heard.append)
    try:
        with caplog.at_level(logging.ERROR, logger="apps.core.events"):
            events.publish(TeamNamed(team_id=7))
    finally:
        events._handlers.pop(TeamNamed)
    assert heard == [TeamNamed(team_id=7)]
    [record] = caplog.records
    assert "fail failed on TeamNamed" in record.getMessage()
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "no such team"


@pytest.mark.django_db(transaction=True)
def test_subscribing_twice_is_subscribing_once(heard: list[object]) -> None:
    events.subscribe(TeamNamed, heard.append)
    events.publish(TeamNamed(team_id=7))
    assert len(heard) == 1


@pytest.mark.django_db(transaction=True)
def test_only_the_exact_type_is_heard(heard: list[object]) -> None:
    events.publish(CaptainNamed(team_id=7))
    assert heard == []


def test_an_event_is_a_frozen_dataclass() -> None:
    @dataclass
    class Mutable:
        team_id: int

    with pytest.raises(TypeError, match="frozen dataclasses"):
        events.subscribe(Mutable, print)
    with pytest.raises(TypeError, match="frozen dataclasses"):
        events.publish(Mutable(team_id=7))
