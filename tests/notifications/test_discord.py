"""News goes to Discord once, or surely not at all, or is listed as unclear: over real HTTP, with real refusals."""

import itertools
import json
import logging
import socket
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import AuditEvent, Job
from apps.core.scrubbing import scrub_text
from apps.notifications.constants import SITE_OWNER, Channel, DeliveryState
from apps.notifications.discord.addresses import parse
from apps.notifications.models import Delivery, Notification, Pace, Webhook
from apps.notifications.services import add_webhook, deliver_discord, notify, set_personal_webhook, set_preferences
from apps.notifications.tasks import send_discord_notification
from tests.notifications.conftest import CONTEXT
from tests.notifications.fake_discord import TOKEN, URL, FakeDiscord, Reply, url


@pytest.fixture
def webhook(mim: User) -> Webhook:
    return set_personal_webhook(actor=mim, url=URL)


@pytest.fixture
def waiting(rafi: User, mim: User, webhook: Webhook) -> Delivery:
    """One message to mim's channel that no job has sent yet."""
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    Job.objects.all().delete()
    return Delivery.objects.get(channel=Channel.DISCORD)


def deliver(delivery: Delivery) -> str:
    state = deliver_discord(notification_id=delivery.notification_id)
    delivery.refresh_from_db()
    return state


def test_a_message_arrives_word_for_word_and_mentions_nobody(
    discord: FakeDiscord, waiting: Delivery, settings: Any
) -> None:
    settings.SITE_URL = "https://deltacrown.example"
    assert deliver(waiting) == DeliveryState.SENT

    [got] = discord.got
    assert got.path == f"/api/webhooks/123456789012345678/{TOKEN}?wait=true"
    assert got.headers["host"] == "discord.com"
    assert got.headers["accept-encoding"] == "identity"
    assert discord.connected_to == ["162.159.128.233"]
    assert got.body["username"] == "DeltaCrown"
    assert got.body["allowed_mentions"] == {"parse": []}
    [embed] = got.body["embeds"]
    assert embed["title"] == "rafi invited you to Dhaka Wolves"
    assert embed["description"] == "The invite runs out on 30 November."
    assert embed["url"] == "https://deltacrown.example/somewhere/Dhaka%20Wolves/"
    assert "content" not in got.body
    assert (waiting.state, waiting.attempts, waiting.error) == (DeliveryState.SENT, 1, "")
    assert waiting.sent_at is not None


def test_run_again_it_posts_nothing_more(discord: FakeDiscord, waiting: Delivery) -> None:
    states = [deliver(waiting) for _ in range(3)]
    assert states == ["sent"] * 3
    assert len(discord.got) == 1
    assert send_discord_notification({"notification_id": waiting.notification_id}) == {"state": "sent"}


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_post_one_message(discord: FakeDiscord, rafi: User, mim: User, settings: Any) -> None:
    settings.JOBS_INLINE = False
    set_personal_webhook(actor=mim, url=URL)
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    pk = Notification.objects.get().pk
    together = Barrier(8)

    def run() -> None:
        try:
            together.wait(30)
            deliver_discord(notification_id=pk)
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(discord.got) == 1
    assert Delivery.objects.get(channel=Channel.DISCORD).state == DeliveryState.SENT


def test_discord_asks_for_patience_and_gets_it(discord: FakeDiscord, waiting: Delivery) -> None:
    discord.reply = lambda got: Reply(429, {"retry_after": 7.5, "global": False})
    before = timezone.now()
    assert deliver(waiting) == DeliveryState.PENDING

    assert (waiting.attempts, waiting.error) == (0, "Discord asks to wait 7.5 seconds.")
    job = Job.objects.get()
    assert job.args == {"notification_data": {"notification_id": waiting.notification_id}}
    assert job.run_at == waiting.not_before
    assert timedelta(seconds=7) < job.run_at - before < timedelta(seconds=15)

    # Asked again too early, nothing is sent.
    discord.reply = lambda got: Reply()
    assert deliver(waiting) == DeliveryState.PENDING
    assert len(discord.got) == 1
    _let_time_pass(waiting)
    assert deliver(waiting) == DeliveryState.SENT


def _let_time_pass(delivery: Delivery) -> None:
    waits = Delivery.objects.filter(pk=delivery.pk, not_before__isnull=False)
    waits.update(not_before=timezone.now() - timedelta(seconds=1))
    Pace.objects.update(held_until=None, next_at=timezone.now() - timedelta(minutes=5))


def test_a_global_limit_holds_every_channel(discord: FakeDiscord, waiting: Delivery, rafi: User, mim: User) -> None:
    set_personal_webhook(actor=rafi, url=url(1))
    notify([rafi], "test.invite", actor=mim, context=CONTEXT)
    other = Delivery.objects.get(channel=Channel.DISCORD, notification__recipient=rafi)
    discord.reply = lambda got: Reply(429, {"retry_after": 30, "global": True})
    deliver(waiting)
    discord.reply = lambda got: Reply()

    assert deliver(other) == DeliveryState.PENDING
    assert len(discord.got) == 1
    assert other.not_before > timezone.now() + timedelta(seconds=20)


def test_a_limit_without_words_is_kept_too(discord: FakeDiscord, waiting: Delivery) -> None:
    """Where Discord blocks a sender, its gateway answers a page instead of JSON."""
    discord.reply = lambda got: Reply(429, b"<html>error 1015</html>", {"Retry-After": "120"})
    assert deliver(waiting) == DeliveryState.PENDING
    assert waiting.not_before > timezone.now() + timedelta(seconds=100)


def test_a_message_that_waited_for_a_day_is_listed(discord: FakeDiscord, waiting: Delivery) -> None:
    Delivery.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(hours=25))
    discord.reply = lambda got: Reply(429, {"retry_after": 1})
    assert deliver(waiting) == DeliveryState.FAILED
    assert not Job.objects.exists()


def test_a_channel_gets_five_at_once_and_then_one_every_two_seconds(
    discord: FakeDiscord, webhook: Webhook, rafi: User, mim: User, monkeypatch: Any
) -> None:
    for _ in range(8):
        notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    Job.objects.all().delete()
    deliveries = list(Delivery.objects.filter(channel=Channel.DISCORD).order_by("pk"))
    began = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: began)

    assert [deliver(row) for row in deliveries] == ["sent"] * 5 + ["pending"] * 3

    assert len(discord.got) == 5
    turns = [row.not_before for row in deliveries[5:]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(turns)]
    assert gaps == [timedelta(seconds=2)] * 2
    assert turns[0] == began + timedelta(seconds=2)
    assert sorted(Job.objects.values_list("run_at", flat=True)) == turns


def test_a_limit_that_is_used_up_is_respected_before_it_is_hit(discord: FakeDiscord, waiting: Delivery) -> None:
    discord.reply = lambda got: Reply(200, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "9"})
    assert deliver(waiting) == DeliveryState.SENT
    assert Pace.objects.get(key="discord:123456789012345678").held_until > timezone.now() + timedelta(seconds=8)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_channel_that_is_gone_switches_itself_off_and_tells_its_owner_once(
    discord: FakeDiscord, waiting: Delivery, webhook: Webhook, rafi: User, mim: User, status: int
) -> None:
    discord.reply = lambda got: Reply(status, {"message": "Unknown Webhook", "code": 10015})
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    second = Delivery.objects.filter(channel=Channel.DISCORD).latest("pk")

    assert deliver(waiting) == DeliveryState.FAILED
    assert "Unknown Webhook 10015" in waiting.error
    webhook.refresh_from_db()
    assert webhook.off_at is not None
    assert webhook.off_reason == waiting.error
    told = Notification.objects.get(type="notifications.webhook_off")
    assert (told.recipient_id, told.title, told.url) == (
        mim.pk,
        "My Discord channel gets no more news",
        "/notifications/discord/",
    )
    event = AuditEvent.objects.get(action="notifications.webhook_switched_off")
    assert event.actor_id is None

    # What was still waiting is not tried, and later news is not even written for it.
    assert deliver(second) == DeliveryState.SKIPPED
    assert second.error == "There is no Discord channel that works any more."
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    assert Delivery.objects.filter(channel=Channel.DISCORD).count() == 2
    assert len(discord.got) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_of_discord_s_is_tried_again_and_then_listed(
    discord: FakeDiscord, waiting: Delivery, webhook: Webhook, status: int
) -> None:
    discord.reply = lambda got: Reply(status, b"oops")
    states, pauses = [], []
    for _ in range(6):
        _let_time_pass(waiting)
        states.append(deliver(waiting))
        if job := Job.objects.order_by("-pk").first():
            pauses.append(round((job.run_at - timezone.now()).total_seconds() / 60))
        Job.objects.all().delete()
    assert states == ["pending"] * 5 + ["failed"]
    assert pauses == [1, 5, 30, 120, 360]
    assert waiting.error == f"Discord refused the message: {status}"
    webhook.refresh_from_db()
    assert webhook.works


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(400, {"message": "Cannot send an empty message", "code": 50006}), "400 (Cannot send an empty"),
        (Reply(302, headers={"Location": "http://169.254.169.254/"}), "redirect, which is not followed"),
    ],
)
def test_a_refusal_for_good_is_listed_and_the_channel_stays(
    discord: FakeDiscord, waiting: Delivery, webhook: Webhook, reply: Reply, reason: str
) -> None:
    discord.reply = lambda got: reply
    assert deliver(waiting) == DeliveryState.FAILED
    assert reason in waiting.error
    assert len(discord.got) == 1
    assert discord.connected_to == ["162.159.128.233"]
    webhook.refresh_from_db()
    assert webhook.works


@pytest.mark.parametrize("how", ["line", "gateway"])
def test_a_conversation_that_breaks_after_the_hand_over_is_unclear(
    discord: FakeDiscord, waiting: Delivery, how: str
) -> None:
    discord.reply = lambda got: None if how == "line" else Reply(504, b"timeout")
    assert deliver(waiting) == DeliveryState.UNKNOWN
    assert deliver(waiting) == DeliveryState.UNKNOWN
    assert len(discord.got) == 1
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["127.0.0.1"], "not public"),
        (["162.159.128.233", "169.254.169.254"], "not public"),
        (["::ffff:10.0.0.1"], "not public"),
        ([], "has no address"),
        (socket.gaierror("no such host"), "Discord can't be reached"),
    ],
)
def test_a_name_that_leads_inside_is_not_connected_to(
    discord: FakeDiscord, waiting: Delivery, addresses: Any, reason: str
) -> None:
    discord.addresses = addresses
    assert deliver(waiting) == DeliveryState.PENDING
    assert reason in waiting.error
    assert (discord.connected_to, discord.got) == ([], [])


def test_an_answer_without_end_is_not_read(discord: FakeDiscord, waiting: Delivery) -> None:
    discord.reply = lambda got: Reply(400, b'{"message": "' + b"x" * 10_000_000 + b'"}')
    assert deliver(waiting) == DeliveryState.FAILED
    assert waiting.error == "Discord refused the message: 400"


def test_the_token_is_sealed_shown_nowhere_and_logged_nowhere(
    discord: FakeDiscord, waiting: Delivery, webhook: Webhook, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    deliver(waiting)
    with connection.cursor() as cursor:
        cursor.execute("SELECT w::text FROM notifications_webhook w")
        stored = cursor.fetchone()[0]
    assert TOKEN not in stored
    assert TOKEN not in str(webhook) + repr(webhook.address)
    assert TOKEN not in json.dumps([event.new for event in AuditEvent.objects.all()])
    assert not [line for line in caplog.messages if TOKEN in line and "httpcore" not in line]
    assert scrub_text(f"POST {URL}") == "POST https://discord.com/api/webhooks/123456789012345678/[secret]"
    assert scrub_text("/api/webhooks/123456789012345678/" + "a" * 68).endswith("/[secret]")
    for name in ("httpx", "httpcore"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.DEBUG


def test_a_new_key_of_the_site_reads_old_tokens_and_a_lost_one_says_so(
    discord: FakeDiscord, waiting: Delivery, webhook: Webhook, settings: Any
) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    assert webhook.address == parse(URL)
    settings.SECRET_KEY_FALLBACKS = []
    assert deliver(waiting) == DeliveryState.FAILED
    assert "the site's key changed" in waiting.error
    webhook.refresh_from_db()
    assert not webhook.works


def test_only_what_one_wants_goes_to_one_s_channel(
    discord: FakeDiscord, webhook: Webhook, rafi: User, mim: User
) -> None:
    """By default what is both shown and mailed; each kind can be switched on and off."""
    notify([mim], "test.news", context={"text": "Only on the site"})
    assert not Delivery.objects.filter(channel=Channel.DISCORD).exists()
    set_preferences(actor=mim, choices={"test.news": {"discord": True}, "test.invite": {"discord": False}})
    notify([mim], "test.news", context={"text": "Here too"})
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    delivery = Delivery.objects.get(channel=Channel.DISCORD)
    assert delivery.notification.title == "Here too"

    set_preferences(actor=mim, choices={"test.news": {"discord": False}})
    assert deliver(delivery) == DeliveryState.SKIPPED
    assert discord.got == []


def test_who_has_no_channel_costs_nothing_and_gets_no_row(
    rafi: User, mim: User, django_assert_num_queries: Any
) -> None:
    # Savepoint and its end, people with preferences and channels, rows, read back, deliveries, the job.
    with django_assert_num_queries(7):
        notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"in_app", "email"}


def test_the_site_s_channel_gets_announcements_once(discord: FakeDiscord, make_user: Any, settings: Any) -> None:
    nadia = make_user("nadia", is_staff=True, is_superuser=True)
    settings.DISCORD_WEBHOOK_URL = url(5)
    add_webhook(actor=nadia, owner=SITE_OWNER, url=url(6), name="#news")
    words = {"title": "Season two", "body": "It begins.", "url": "/"}
    for _ in range(2):
        notify([nadia], "notifications.announcement", context=words, fingerprint="season-2")

    posts = Notification.objects.filter(webhook__isnull=False)
    assert sorted(posts.values_list("webhook__name", flat=True)) == ["#news", "From DISCORD_WEBHOOK_URL"]
    assert {deliver(row) for row in Delivery.objects.filter(notification__in=posts)} == {DeliveryState.SENT}
    assert sorted(got.path.split("/")[3] for got in discord.got) == ["123456789012345683", "123456789012345684"]
