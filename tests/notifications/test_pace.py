"""Mail domains get so many mails a minute; whoever has to wait gets a time of their own and nobody sleeps."""

import itertools
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Pace
from apps.notifications.services import deliver_email, notify, pacing
from deltacrown.environment import paces
from tests.notifications.conftest import CONTEXT, Sink


@pytest.fixture
def many(make_user: Any, rafi: User, settings: Any) -> list[Delivery]:
    """Six mails to one domain that takes eight a minute: six for many, two for one person."""
    settings.EMAIL_PER_MINUTE = {"slow.example": 8, "*": 1000}
    people = [make_user(f"slow{number}") for number in range(6)]
    for user in people:
        user.email = f"{user.username}@Slow.example"
        user.save()
    notify(people, "test.invite", actor=rafi, context=CONTEXT)
    Job.objects.all().delete()
    Delivery.objects.filter(channel=Channel.EMAIL).update(bulk=True)
    return list(Delivery.objects.filter(channel=Channel.EMAIL).order_by("pk"))


def states(deliveries: list[Delivery]) -> list[str]:
    found = []
    for row in deliveries:
        found.append(deliver_email(notification_id=row.notification_id))
        row.refresh_from_db()
    return found


def test_a_domain_gets_its_mails_in_turns(sink: Sink, many: list[Delivery], rafi: User, mim: User) -> None:
    assert states(many) == ["sent"] + ["pending"] * 5
    turns = [row.not_before for row in many[1:]]
    assert {later - earlier for earlier, later in itertools.pairwise(turns)} == {timedelta(seconds=10)}
    assert list(Job.objects.order_by("run_at").values_list("run_at", flat=True)) == turns

    # Asked again before its turn, a mail keeps its turn and makes no second job.
    assert states(many[1:]) == ["pending"] * 5
    assert Job.objects.count() == 5
    Delivery.objects.filter(pk=many[1].pk).update(not_before=timezone.now())
    assert states(many[1:2]) == ["sent"]

    # Another domain, and a mail for one person at this one, wait for none of them.
    User.objects.filter(pk=mim.pk).update(email="mim@slow.example")
    for person in (rafi, mim):
        notify([person], "test.invite", context={**CONTEXT, "actor": "Nadia"})
        assert states([Delivery.objects.filter(channel=Channel.EMAIL).latest("pk")]) == ["sent"]
    assert len(sink.mails) == 4


def test_what_concerns_safety_waits_for_nobody(sink: Sink, many: list[Delivery]) -> None:
    states(many)
    person = many[0].notification.recipient
    for _ in range(5):
        notify([person], "test.safety")
        assert states([Delivery.objects.filter(channel=Channel.EMAIL).latest("pk")]) == ["sent"]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_different_turns() -> None:
    now = timezone.now()
    together = Barrier(8)
    turns: list[datetime] = []

    def take() -> None:
        try:
            together.wait(30)
            turns.append(pacing.take_turn("mail:bulk:x.example", per_minute=60, at_once=1, now=now))
        finally:
            connections.close_all()

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(turns) == [now + timedelta(seconds=number) for number in range(8)]


def test_what_was_not_used_is_saved_up_to_a_limit(db: None) -> None:
    now = timezone.now()

    def waits(count: int, at: datetime) -> list[float]:
        turns = [pacing.take_turn("k", per_minute=60, at_once=3, now=at) for _ in range(count)]
        return [(turn - at).total_seconds() for turn in turns]

    assert waits(5, now) == [0, 0, 0, 1, 2]
    assert waits(5, now + timedelta(hours=1)) == [0, 0, 0, 1, 2]
    pacing.hold("k", until=now + timedelta(hours=2))
    assert waits(1, now + timedelta(hours=1, minutes=30)) == [1800]
    assert pacing.held_until("k", now=now) == now + timedelta(hours=2)
    assert pacing.forget_old(now=now + timedelta(days=2)) == 1
    assert not Pace.objects.exists()


def test_the_job_of_a_mail_that_waits_sends_it_when_it_is_due(many: list[Delivery]) -> None:
    states(many)
    job = Job.objects.order_by("run_at").first()
    assert job.name == "notifications.send_email_notification"
    assert job.args == {"notification_id": many[1].notification_id}
    assert many[1].state == DeliveryState.PENDING


@pytest.mark.parametrize(
    "text", ["gmail.com", "gmail.com=", "gmail.com=0", "=5,*=1", "*=x", "gmail.com=5", "*=1000000"]
)
def test_a_pace_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(holds|has no pace)"):
        paces.parse(text)
    assert paces.parse(" Gmail.com = 60 , *=200,") == {"gmail.com": 60, "*": 200}


EVERY = timedelta(seconds=3)


@pytest.mark.parametrize("wanted", [1, 3, 7])
def test_turns_taken_together_are_those_that_single_calls_would_get(db: None, wanted: int) -> None:
    start = timezone.now()
    for seconds in (0, 2, 4, 60):
        now = start + timedelta(seconds=seconds)
        together = pacing.take_turns_now(
            {"together": wanted}, per_minute={"together": 20}, at_once={"together": 4}, now=now
        )
        alone = 0
        while alone < wanted and not Pace.objects.filter(key="alone", next_at__gt=now + 3 * EVERY).exists():
            assert pacing.take_turn("alone", now=now, per_minute=20, at_once=4) == now
            alone += 1
        assert together == {"together": alone}
    ends = dict(Pace.objects.values_list("key", "next_at"))
    assert ends["together"] == ends["alone"]


def test_a_receiver_that_wants_silence_gives_no_turn_now(db: None) -> None:
    now = timezone.now()
    pacing.hold("domain", until=now + timedelta(seconds=1))
    for seconds, free in ((0, 0), (1, 2)):
        at = now + timedelta(seconds=seconds)
        assert pacing.take_turns_now({"domain": 5}, per_minute={"domain": 60}, at_once={"domain": 2}, now=at) == {
            "domain": free
        }
