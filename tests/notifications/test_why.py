"""Each notification says why it came; staff send themselves one of any kind."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications import registry
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.services import deliver_email, notify, send_sample, set_preferences
from tests.notifications.conftest import CONTEXT, Sink


@pytest.fixture
def nadia(make_user: Any) -> User:
    return make_user("nadia", is_staff=True, is_superuser=True)


def page_of(user: User, row: Notification) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/notifications/{row.pk}/why/")


def test_it_says_what_it_is_who_caused_it_and_what_became_of_it(mim: User, rafi: User) -> None:
    set_preferences(actor=mim, choices={"test.invite": {"email": False}})
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    row = Notification.objects.get()
    page = page_of(mim, row).content.decode()
    assert "news of the kind “Team invites”, about test teams. rafi caused it" in page
    assert "<strong>On the site</strong>: shown" in page
    assert "This is how it comes until you say otherwise." in page
    assert "<strong>E-mail</strong>: not wanted" in page
    assert "You switched this off." in page
    assert "The person does not want this kind of news this way." in page
    assert page_of(rafi, row).status_code == 404
    assert Client().get(f"/notifications/{row.pk}/why/").status_code == 302
    row.refresh_from_db()
    assert row.read_at is None


def test_what_the_platform_tells_by_itself_and_old_kinds_have_a_page_too(mim: User) -> None:
    notify([mim], "test.safety")
    row = Notification.objects.get()
    page = page_of(mim, row).content.decode()
    assert "DeltaCrown told you by itself" in page
    assert "It is about the safety of your account, so it always comes." in page
    Notification.objects.update(type="gone.kind")
    assert "This kind of news does not exist any more." in page_of(mim, row).content.decode()


def test_the_list_leads_there(mim: User) -> None:
    notify([mim], "test.news", context={"text": "Hello"})
    client = Client()
    client.force_login(mim)
    page = client.get("/notifications/").content.decode()
    assert f'href="/notifications/{Notification.objects.get().pk}/why/"' in page
    assert 'aria-label="Why did I get this: Hello"' in page


def test_every_kind_can_be_tried_by_every_channel(nadia: User) -> None:
    """A kind whose words can't be shown by their names would break its page in the admin."""
    kinds = [kind for kind in registry.all_types() if kind.mail_words is None]
    assert len(kinds) > 20
    for kind in kinds:
        send_sample(actor=nadia, type=kind.code, channel=Channel.IN_APP)
    assert Notification.objects.filter(recipient=nadia, in_app=True).count() == len(kinds)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def test_a_sample_goes_by_the_chosen_channel_only(sink: Sink, nadia: User) -> None:
    row = send_sample(actor=nadia, type="test.invite", channel=Channel.EMAIL)
    assert (row.title, row.in_app, row.url) == ("[actor] invited you to [team]", False, "")
    assert deliver_email(notification_id=row.pk) == DeliveryState.SENT
    assert sink.mails[0]["Subject"] == "[actor] invited you to [team]"
    assert Delivery.objects.get().channel == Channel.EMAIL
    assert AuditEvent.objects.get(action="notifications.sample_sent").actor_id == nadia.pk


def test_what_can_not_be_tried_is_refused(nadia: User, mim: User, make_user: Any) -> None:
    for actor in (mim, make_user("staff", is_staff=True)):
        with pytest.raises(PermissionRefused):
            send_sample(actor=actor, type="test.invite", channel=Channel.IN_APP)
    for kind, channel in (("nobody.knows", "in_app"), ("notifications.digest", "email"), ("test.invite", "pigeon")):
        with pytest.raises(DomainError, match="from the list"):
            send_sample(actor=nadia, type=kind, channel=channel)
    with pytest.raises(Conflict, match="no Discord channel"):
        send_sample(actor=nadia, type="test.invite", channel=Channel.DISCORD)
    assert not Notification.objects.exists()


def test_staff_send_it_from_the_list_of_deliveries(nadia: User, make_user: Any, settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    client = Client()
    client.force_login(nadia)
    base = "/admin/notifications/delivery/"
    assert "Send yourself a test" in client.get(base).content.decode()
    answer = client.post(f"{base}sample/", {"type": "test.invite", "channel": "discord"})
    assert "You have no Discord channel that works." in answer.content.decode()
    page = client.post(f"{base}sample/", {"type": "test.invite", "channel": "in_app"}, follow=True).content.decode()
    assert "“[actor] invited you to [team]” is on its way" in page
    assert Notification.objects.get().created_at <= timezone.now()
    viewer = make_user("viewer", is_staff=True)
    client.force_login(viewer)
    assert client.get(f"{base}sample/").status_code == 403
