"""The team's news goes to its Discord channels, and its manage pages say what became of it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.notifications.models import Delivery, Notification, Webhook
from apps.notifications.services import add_webhook, deliver_discord
from apps.teams.services import notices
from tests.notifications.fake_discord import TOKEN, Reply, served, url
from tests.teams.people import add_member, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def discord(settings):
    settings.DISCORD_CONNECTOR = "tests.notifications.fake_discord.Connector"
    yield from served()


@pytest.fixture
def team():
    return make_team("Dhaka Wolves")


@pytest.fixture
def channel(team):
    return add_webhook(actor=team.captain.user, owner=f"teams.team:{team.pk}", url=url(), name="#news")


@pytest.fixture
def as_captain(team):
    client = Client()
    client.force_login(team.captain.user)
    return client


def test_who_joins_is_told_to_the_team_s_channel_once_and_to_no_other_team_s(team, channel, discord):
    other = make_team("Ravens")
    add_webhook(actor=other.captain.user, owner=f"teams.team:{other.pk}", url=url(1), name="#ravens")
    mim = add_member(team)
    for _ in range(2):
        notices.tell_roster_change(team.pk, "joined", mim.profile.user_id)

    post = Notification.objects.get(webhook__isnull=False)
    assert (post.webhook, post.in_app) == (channel, False)
    assert deliver_discord(notification_id=post.pk) == "sent"
    [got] = discord.got
    assert got.body["embeds"][0]["title"] == f"{mim.profile.display_name} joined Dhaka Wolves"
    assert got.body["embeds"][0]["url"].endswith(team.get_absolute_url())


def test_what_is_meant_for_one_person_stays_with_that_person(team, channel):
    mim = add_member(team)
    notices.tell_roster_change(team.pk, "removed", mim.profile.user_id)
    assert not Notification.objects.filter(webhook__isnull=False).exists()


def test_a_channel_that_is_gone_tells_the_captain(team, channel, discord):
    notices.tell_roster_change(team.pk, "joined", add_member(team).profile.user_id)
    discord.reply = lambda got: Reply(404)
    deliver_discord(notification_id=Notification.objects.get(webhook__isnull=False).pk)
    told = Notification.objects.get(type="notifications.webhook_off")
    assert told.recipient == team.captain.user
    assert told.url == reverse("teams:discord", args=[team.slug])
    assert told.title == "#news gets no more news"


def test_the_page_connects_chooses_and_takes_away(team, as_captain):
    page = reverse("teams:discord", args=[team.slug])
    assert "No channel yet." in as_captain.get(page).content.decode()
    assert page in as_captain.get(reverse("teams:manage", args=[team.slug])).content.decode()
    answer = as_captain.post(f"{page}add/", {"name": "#news", "url": "https://evil.example/"})
    assert answer.status_code == 422
    assert "This is not an address of discord.com." in answer.content.decode()
    shown = as_captain.post(f"{page}add/", {"name": "#news", "url": url()}, follow=True).content.decode()
    assert "#news is connected." in shown
    assert TOKEN not in shown
    assert "Someone joins your team" in shown
    channel = Webhook.objects.get()

    as_captain.post(f"{page}{channel.pk}/types/", {f"webhook-{channel.pk}-wanted": ["teams.member_joined"]})
    channel.refresh_from_db()
    assert channel.muted_types == ["teams.captain_changed", "teams.member_left", "teams.renamed"]
    made_up = {f"webhook-{channel.pk}-wanted": ["support.ticket_answered"]}
    assert "Nothing was changed" in as_captain.post(f"{page}{channel.pk}/types/", made_up, follow=True).content.decode()
    add_member(team)
    notices.tell_roster_change(team.pk, "left", add_member(team).profile.user_id)
    assert not Delivery.objects.filter(notification__webhook=channel).exists()

    as_captain.post(f"{page}{channel.pk}/remove/")
    channel.refresh_from_db()
    assert (channel.works, channel.sealed_token) == (False, "")
    assert as_captain.post(f"{page}{channel.pk}/remove/").status_code == 404


def test_a_channel_of_another_team_is_not_reached_through_mine(team, as_captain):
    other = make_team("Ravens")
    theirs = add_webhook(actor=other.captain.user, owner=f"teams.team:{other.pk}", url=url(1), name="#ravens")
    for act in ("test", "types", "remove"):
        address = f"{reverse('teams:discord', args=[team.slug])}{theirs.pk}/{act}/"
        assert as_captain.post(address).status_code == 404
    theirs.refresh_from_db()
    assert theirs.works


def test_the_page_costs_the_same_for_one_channel_and_for_five(team, channel, as_captain):
    page = reverse("teams:discord", args=[team.slug])
    as_captain.get(page)
    with CaptureQueriesContext(connection) as one:
        as_captain.get(page)
    for number in range(1, 5):
        add_webhook(actor=team.captain.user, owner=f"teams.team:{team.pk}", url=url(number), name=f"#{number}")
    with CaptureQueriesContext(connection) as five:
        as_captain.get(page)
    assert len(five) == len(one)
