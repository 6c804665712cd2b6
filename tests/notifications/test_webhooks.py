"""Whose Discord channels there are, who may change them, and what their pages say."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connections
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.constants import SITE_OWNER, WEBHOOKS_PER_OWNER, Channel
from apps.notifications.models import Delivery, Notification, Webhook
from apps.notifications.personal_data import personal_data, purge
from apps.notifications.services import (
    add_webhook,
    choose_webhook_types,
    notify,
    remove_webhook,
    set_personal_webhook,
)
from apps.notifications.services import (
    test_webhook as try_webhook,
)
from tests.notifications.fake_discord import TOKEN, URL, FakeDiscord, Reply, url

PAGE = "/notifications/discord/"


@pytest.fixture
def nadia(make_user: Any) -> User:
    return make_user("nadia", is_staff=True, is_superuser=True)


@pytest.fixture
def own(mim: User) -> Webhook:
    return set_personal_webhook(actor=mim, url=URL)


@pytest.fixture
def sites(nadia: User) -> Webhook:
    return add_webhook(actor=nadia, owner=SITE_OWNER, url=url(1), name="#news")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_s_own_is_entered_tested_replaced_and_taken_away(discord: FakeDiscord, mim: User) -> None:
    client = as_(mim)
    page = client.post(PAGE, {"url": f"  {URL}\n"}, follow=True).content.decode()
    assert "Send a test to see whether it arrives" in page
    assert "(Discord …5678)" in page
    assert TOKEN not in page

    page = client.post("/notifications/discord/test/", follow=True).content.decode()
    assert "It works: look at your channel in Discord." in page
    assert discord.got[0].body["embeds"][0]["title"] == "DeltaCrown can post here"

    client.post(PAGE, {"url": url(7)})
    own = Webhook.objects.get()
    assert (own.user_id, own.discord_id) == (mim.pk, 123456789012345685)

    client.post("/notifications/discord/remove/")
    assert not Webhook.objects.exists()
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "notifications.webhook_added",
        "notifications.webhook_replaced",
        "notifications.webhook_removed",
    ]


def test_what_is_no_webhook_is_refused_on_the_page_and_what_was_typed_stays(mim: User) -> None:
    answer = as_(mim).post(PAGE, {"url": "http://127.0.0.1/api"})
    assert answer.status_code == 422
    assert "The address must begin with https://" in answer.content.decode()
    assert 'value="http://127.0.0.1/api"' in answer.content.decode()
    assert not Webhook.objects.exists()
    for bad in ("", "x" * 5000, "https://discord.com/\x00"):
        assert as_(mim).post(PAGE, {"url": bad}).status_code == 422


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(404, {"message": "Unknown Webhook", "code": 10015}), "The webhook was deleted in Discord. (Unknown"),
        (Reply(429, {"retry_after": 5}), "Discord asks to wait 5 seconds."),
        (Reply(500, b""), "Discord refused the message: 500"),
        (None, "Look whether the message arrived."),
    ],
)
def test_a_test_says_plainly_what_went_wrong(
    discord: FakeDiscord, own: Webhook, mim: User, reply: Reply | None, said: str
) -> None:
    discord.reply = lambda got: reply
    page = as_(mim).post("/notifications/discord/test/", follow=True).content.decode()
    assert said in page
    own.refresh_from_db()
    assert own.works == (reply is None or reply.status != 404)
    if not own.works:
        assert "Switched off" in page
        assert "Your Discord channel gets nothing" in as_(mim).get("/notifications/preferences/").content.decode()


def test_a_test_that_works_switches_on_again(discord: FakeDiscord, own: Webhook, mim: User) -> None:
    Webhook.objects.update(off_at=timezone.now(), off_reason="It was deleted.")
    assert try_webhook(actor=mim, webhook_id=own.pk) == "It works. We switched it on again."
    own.refresh_from_db()
    assert own.works


def test_tests_are_limited(discord: FakeDiscord, own: Webhook, mim: User) -> None:
    for _ in range(5):
        try_webhook(actor=mim, webhook_id=own.pk)
    with pytest.raises(DomainError, match="too often"):
        try_webhook(actor=mim, webhook_id=own.pk)
    assert len(discord.got) == 5


def test_nobody_touches_another_s_and_a_refusal_changes_nothing(
    discord: FakeDiscord, own: Webhook, sites: Webhook, rafi: User, nadia: User, make_user: Any
) -> None:
    """The person's own is theirs alone, even before staff; the site's is for staff with the permission."""
    staff = make_user("staff", is_staff=True)
    outsider = make_user("outsider")
    outsider.user_permissions.add(Permission.objects.get(codename="manage_site_webhooks"))
    before = list(Webhook.objects.order_by("pk").values())
    audited = AuditEvent.objects.count()
    for webhook, actors, refusal in (
        (own, (rafi, staff, nadia), NotFound),
        (sites, (rafi, staff, outsider), PermissionRefused),
    ):
        for actor in actors:
            for act in (
                lambda who, what: try_webhook(actor=who, webhook_id=what.pk),
                lambda who, what: remove_webhook(actor=who, webhook_id=what.pk),
                lambda who, what: choose_webhook_types(actor=who, webhook_id=what.pk, muted_types=[]),
            ):
                with pytest.raises(refusal):
                    act(actor, webhook)
    for actor in (rafi, staff, outsider):
        with pytest.raises(PermissionRefused):
            add_webhook(actor=actor, owner=SITE_OWNER, url=url(3), name="x")
    for owner in ("teams.team:999999", "shop.order:1", "teams.team:x", "", "teams.team"):
        with pytest.raises(NotFound):
            add_webhook(actor=nadia, owner=owner, url=url(3), name="x")
    assert list(Webhook.objects.order_by("pk").values()) == before
    assert (AuditEvent.objects.count(), discord.got) == (audited, [])


def test_the_pages_of_a_visitor_lead_to_the_login(client: Client) -> None:
    for path in (PAGE, PAGE + "test/", PAGE + "remove/"):
        assert client.post(path).url.startswith("/accounts/login/")
    assert Client(enforce_csrf_checks=True).post(PAGE).status_code == 403


def test_an_owner_has_each_channel_once_and_not_too_many(nadia: User, sites: Webhook) -> None:
    with pytest.raises(Conflict, match="here already"):
        add_webhook(actor=nadia, owner=SITE_OWNER, url=url(1), name="again")
    with pytest.raises(DomainError, match="Give the channel a name"):
        add_webhook(actor=nadia, owner=SITE_OWNER, url=url(2), name=" \x00 ")
    for number in range(2, WEBHOOKS_PER_OWNER + 1):
        add_webhook(actor=nadia, owner=SITE_OWNER, url=url(number), name=f"#{number}")
    with pytest.raises(Conflict, match="There are 5 already"):
        add_webhook(actor=nadia, owner=SITE_OWNER, url=url(9), name="one more")
    assert Webhook.objects.count() == 5

    remove_webhook(actor=nadia, webhook_id=sites.pk)
    sites.refresh_from_db()
    assert (sites.sealed_token, sites.works) == ("", False)
    add_webhook(actor=nadia, owner=SITE_OWNER, url=url(1), name="back")


@pytest.mark.django_db(transaction=True)
def test_of_eight_added_at_once_no_more_than_five_stay(nadia: User) -> None:
    together = Barrier(8)

    def add(number: int) -> None:
        try:
            together.wait(30)
            add_webhook(actor=nadia, owner=SITE_OWNER, url=url(number), name=f"#{number}")
        except Conflict:
            pass
        finally:
            connections.close_all()

    threads = [Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Webhook.objects.count() == WEBHOOKS_PER_OWNER


def test_a_channel_gets_only_the_kinds_that_are_wanted(nadia: User, sites: Webhook) -> None:
    with pytest.raises(DomainError, match="does not exist any more"):
        choose_webhook_types(actor=nadia, webhook_id=sites.pk, muted_types=["notifications.test"])
    choose_webhook_types(actor=nadia, webhook_id=sites.pk, muted_types=["notifications.announcement"])
    notify([], "notifications.announcement", context={"title": "Quiet", "body": "", "url": "/"})
    choose_webhook_types(actor=nadia, webhook_id=sites.pk, muted_types=[])
    notify([], "notifications.announcement", context={"title": "Loud", "body": "", "url": "/"})
    assert [row.title for row in Notification.objects.filter(webhook=sites)] == ["Loud"]
    assert Delivery.objects.get().channel == Channel.DISCORD


def test_the_preferences_offer_discord_to_who_has_a_channel(mim: User, rafi: User, own: Webhook) -> None:
    page = as_(mim).get("/notifications/preferences/").content.decode()
    assert 'aria-label="Team invites: Discord"' in page
    assert "Change or test it" in page
    page = as_(rafi).get("/notifications/preferences/").content.decode()
    assert "Discord</th>" not in page
    assert "Set up Discord" in page


def test_it_is_exported_without_its_secret_and_forgotten_with_the_account(mim: User, rafi: User, own: Webhook) -> None:
    notify([mim, rafi], "notifications.test")
    exported = personal_data(mim)
    assert [row["discord_id"] for row in exported["discord_channels"]] == [123456789012345678]
    assert TOKEN not in str(exported)
    assert own.sealed_token not in str(exported)
    purge(mim)
    assert not Webhook.objects.exists()
    assert list(Notification.objects.values_list("recipient", flat=True)) == [rafi.pk]


def test_staff_add_test_and_take_away_the_site_s_in_the_admin(
    discord: FakeDiscord, nadia: User, own: Webhook, make_user: Any, settings: Any
) -> None:
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    client = as_(nadia)
    base = "/admin/notifications/webhook/"
    page = client.post(f"{base}add/", {"name": "#ops", "url": "https://evil.example/x"}).content.decode()
    assert "This is not an address of discord.com." in page
    answer = client.post(f"{base}add/", {"name": "#ops", "url": url(4)})
    assert answer.status_code == 302
    added = Webhook.objects.get(owner=SITE_OWNER)
    assert (added.name, added.added_by_id) == ("#ops", nadia.pk)
    page = client.post(f"{base}add/", {"name": "#ops", "url": url(4)}, follow=True).content.decode()
    assert "This webhook is here already." in page

    for address in (base, f"{base}{added.pk}/change/", f"{base}{own.pk}/change/"):
        page = client.get(address).content.decode()
        assert "#ops" in page or "My Discord channel" in page
        assert TOKEN not in page
        assert added.sealed_token not in page
        assert own.sealed_token not in page

    ids = {"_selected_action": [own.pk, added.pk]}
    page = client.post(base, {"action": "send_test", **ids}, follow=True).content.decode()
    assert "#ops: It works" in page
    assert len(discord.got) == 1
    client.post(base, {"action": "take_away", **ids})
    added.refresh_from_db()
    own.refresh_from_db()
    assert (added.works, own.works) == (False, True)

    viewer = make_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_webhook"))
    assert as_(viewer).get(base).status_code == 200
    assert as_(viewer).get(f"{base}add/").status_code == 403
