"""Staff see what failed and why, and may have it tried again: by service and by page alike, audited."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.models import AuditEvent, Job
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.services import deliver_email, notify, requeue
from tests.notifications.conftest import CONTEXT, Sink


@pytest.fixture
def nadia(make_user: Any) -> User:
    return make_user("nadia", is_staff=True, is_superuser=True)


@pytest.fixture
def failed(rafi: User, mim: User) -> Delivery:
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    Delivery.objects.filter(channel=Channel.EMAIL).update(
        state=DeliveryState.FAILED, error="Refused: 550 No such person", attempts=6
    )
    Job.objects.all().delete()
    return Delivery.objects.get(channel=Channel.EMAIL)


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNKNOWN])
def test_what_failed_or_is_unclear_is_sent_again(sink: Sink, failed: Delivery, nadia: User, state: str) -> None:
    Delivery.objects.filter(pk=failed.pk).update(state=state)

    requeue(actor=nadia, delivery_id=failed.pk)

    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (DeliveryState.PENDING, 0)
    assert Job.objects.get().args == {"notification_id": failed.notification_id}
    event = AuditEvent.objects.get(action="notifications.delivery_requeued")
    assert event.actor_id == nadia.pk
    assert deliver_email(notification_id=failed.notification_id) == DeliveryState.SENT
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    "state",
    [
        DeliveryState.SENT,
        DeliveryState.SKIPPED,
        DeliveryState.SENDING,
        DeliveryState.CLAIMED,
        DeliveryState.PENDING,
    ],
)
def test_what_is_sent_or_on_its_way_is_not_sent_again(failed: Delivery, nadia: User, state: str) -> None:
    now = timezone.now()
    Delivery.objects.filter(pk=failed.pk).update(state=state, sent_at=now, claimed_at=now)

    with pytest.raises(Conflict, match="Only what failed or is unclear can be sent again"):
        requeue(actor=nadia, delivery_id=failed.pk)

    failed.refresh_from_db()
    assert failed.state == state
    assert not Job.objects.exists()


def test_what_is_gone_is_not_found(nadia: User) -> None:
    with pytest.raises(NotFound):
        requeue(actor=nadia, delivery_id=12345)


@pytest.mark.parametrize("staff", [False, True])
def test_who_may_not_changes_nothing(failed: Delivery, make_user: Any, staff: bool) -> None:
    with pytest.raises(PermissionRefused):
        requeue(actor=make_user("karim", is_staff=staff), delivery_id=failed.pk)

    failed.refresh_from_db()
    assert failed.state == DeliveryState.FAILED
    assert not Job.objects.exists()
    assert not AuditEvent.objects.filter(action="notifications.delivery_requeued").exists()


def test_a_permission_without_the_staff_flag_is_not_enough(failed: Delivery, make_user: Any) -> None:
    karim = make_user("karim")
    karim.user_permissions.add(Permission.objects.get(codename="requeue_delivery"))
    with pytest.raises(PermissionRefused):
        requeue(actor=User.objects.get(pk=karim.pk), delivery_id=failed.pk)


@pytest.fixture
def as_nadia(nadia: User, settings: Any) -> Client:
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    client = Client()
    client.force_login(nadia)
    return client


def test_the_list_of_deliveries_tells_why(as_nadia: Client, failed: Delivery) -> None:
    page = as_nadia.get("/admin/notifications/delivery/?state__exact=failed").content.decode()
    assert "Refused: 550 No such person" in page
    assert "rafi invited you to Dhaka Wolves" in page


def test_the_action_sends_again_what_can_be_and_says_what_can_not(as_nadia: Client, failed: Delivery) -> None:
    in_app = Delivery.objects.get(channel=Channel.IN_APP)

    page = as_nadia.post(
        "/admin/notifications/delivery/",
        {"action": "requeue", "_selected_action": [failed.pk, in_app.pk]},
        follow=True,
    ).content.decode()

    failed.refresh_from_db()
    in_app.refresh_from_db()
    assert (failed.state, in_app.state) == (DeliveryState.PENDING, DeliveryState.SENT)
    assert "1 will be sent again." in page
    assert f"No. {in_app.pk}: Only what failed or is unclear can be sent again; this one is sent." in page


@pytest.mark.parametrize("model", ["notification", "delivery", "notificationpreference", "emailsuppression"])
def test_staff_read_and_change_nothing(as_nadia: Client, failed: Delivery, model: str) -> None:
    pages = f"/admin/notifications/{model}/"
    assert as_nadia.get(pages, {"q": "mim"}).status_code == 200
    assert as_nadia.get(f"{pages}add/").status_code == 403
    if model in {"notification", "delivery"}:
        row = failed if model == "delivery" else failed.notification
        assert as_nadia.get(f"{pages}{row.pk}/change/").status_code == 200
        assert as_nadia.post(f"{pages}{row.pk}/change/", {"title": "Other", "state": "sent"}).status_code == 403
        assert as_nadia.post(f"{pages}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Notification.objects.get().title == "rafi invited you to Dhaka Wolves"
    failed.refresh_from_db()
    assert failed.state == DeliveryState.FAILED


def test_the_list_of_deliveries_costs_the_same_for_one_and_for_many(
    as_nadia: Client, failed: Delivery, make_user: Any, django_assert_num_queries: Any
) -> None:
    as_nadia.get("/admin/notifications/delivery/")
    with CaptureQueriesContext(connection) as one:
        as_nadia.get("/admin/notifications/delivery/")
    notify([make_user(f"player{number}") for number in range(20)], "test.safety")
    with django_assert_num_queries(len(one)):
        as_nadia.get("/admin/notifications/delivery/")
