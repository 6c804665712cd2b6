"""The pages of notifications: only one's own, safe to prefetch, usable without JavaScript."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.notifications import mail
from apps.notifications.models import EmailSuppression, Notification, NotificationPreference
from apps.notifications.selectors import PAGE_SIZE
from apps.notifications.services import notify, notify_email
from apps.notifications.unsubscribing import path_for
from tests.notifications.conftest import CONTEXT

INDEX = "/notifications/"


@pytest.fixture
def as_mim(mim: User) -> Client:
    client = Client()
    client.force_login(mim)
    return client


@pytest.fixture
def as_rafi(rafi: User) -> Client:
    client = Client()
    client.force_login(rafi)
    return client


@pytest.fixture
def invite(rafi: User, mim: User) -> Notification:
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    return Notification.objects.get()


def test_the_list_shows_ones_own_newest_first(as_mim: Client, mim: User, rafi: User) -> None:
    for number in (1, 2):
        notify([mim], "test.news", context={"text": f"News {number}"})
    notify([rafi], "test.news", context={"text": "Not for mim"})

    page = as_mim.get(INDEX).content.decode()

    assert page.index("News 2") < page.index("News 1")
    assert "Not for mim" not in page


def test_filters_by_unread_and_by_group(as_mim: Client, mim: User, invite: Notification) -> None:
    notify([mim], "test.news", context={"text": "Old news"})
    as_mim.post(reverse("notifications:read", args=[Notification.objects.first().pk]))

    def shown(query: str) -> list[str]:
        return [row.title for row in as_mim.get(INDEX + query).context["page"].items]

    assert shown("") == ["Old news", invite.title]
    assert shown("?show=unread") == [invite.title]
    assert shown("?group=test_site") == ["Old news"]
    assert shown("?group=test_site&show=unread") == []
    assert shown("?group=of-nobody&before=x") == ["Old news", invite.title]


def test_pages_go_back_to_the_first_without_doubles(as_mim: Client, mim: User) -> None:
    for number in range(PAGE_SIZE + 3):
        notify([mim], "test.news", context={"text": str(number)})

    first = as_mim.get(INDEX).context["page"]
    second = as_mim.get(f"{INDEX}?before={first.older}").context["page"]

    titles = [row.title for row in [*first.items, *second.items]]
    assert titles == [str(number) for number in reversed(range(PAGE_SIZE + 3))]
    assert second.older is None


@pytest.mark.parametrize("before", ["0", "99999999999999999999999999", "-1", "x", "1e3"])
def test_a_page_address_that_somebody_made_up_is_a_page(as_mim: Client, before: str) -> None:
    assert as_mim.get(INDEX, {"before": before}).status_code == 200


def test_the_list_costs_the_same_for_one_and_for_many(
    as_mim: Client, mim: User, make_user: Any, django_assert_num_queries: Any
) -> None:
    for number in range(PAGE_SIZE):
        notify([mim], "test.news", actor=make_user(f"user{number}"), context={"text": str(number)})
    as_mim.get(INDEX)

    # The user (the session is cached); how many are unread; the rows with their actors' profiles; the newest id for
    # "mark all"; and for the header once more how many are unread, and the
    # picture of the reader.
    with django_assert_num_queries(6):
        as_mim.get(INDEX)


def test_the_menu_shows_ten(as_mim: Client, mim: User) -> None:
    for number in range(12):
        notify([mim], "test.news", context={"text": f"News {number}."})
    page = as_mim.get("/notifications/menu/").content.decode()
    assert [f"News {number}." in page for number in range(12)] == [False] * 2 + [True] * 10


def test_opening_marks_read_and_goes_there(as_mim: Client, invite: Notification) -> None:
    answer = as_mim.post(reverse("notifications:open", args=[invite.pk]))

    assert (answer.status_code, answer["Location"]) == (302, "/somewhere/Dhaka%20Wolves/")
    invite.refresh_from_db()
    assert invite.is_read is True


def test_a_browser_that_fetches_ahead_marks_nothing_read(as_mim: Client, invite: Notification) -> None:
    answer = as_mim.get(reverse("notifications:open", args=[invite.pk]))

    assert (answer.status_code, answer["Location"]) == (302, "/somewhere/Dhaka%20Wolves/")
    invite.refresh_from_db()
    assert invite.is_read is False


def test_a_stored_link_that_leaves_the_site_is_not_followed(as_mim: Client, invite: Notification) -> None:
    Notification.objects.update(url="//evil.example/")
    answer = as_mim.post(reverse("notifications:open", args=[invite.pk]))
    assert answer["Location"] == INDEX


def test_read_keeps_the_first_time_and_unread_takes_it_back(as_mim: Client, invite: Notification) -> None:
    as_mim.post(reverse("notifications:read", args=[invite.pk]))
    invite.refresh_from_db()
    first = invite.read_at
    as_mim.post(reverse("notifications:open", args=[invite.pk]))
    invite.refresh_from_db()
    assert invite.read_at == first

    as_mim.post(reverse("notifications:unread", args=[invite.pk]))
    invite.refresh_from_db()
    assert (invite.read_at, invite.is_read) == (None, False)


def test_mark_all_leaves_what_came_after_the_page(as_mim: Client, mim: User, rafi: User, invite: Notification) -> None:
    notify([mim, rafi], "test.news", context={"text": "Later"})

    answer = as_mim.post("/notifications/read-all/", {"up_to": invite.pk, "next": f"{INDEX}?show=unread"})

    assert answer["Location"] == f"{INDEX}?show=unread"
    assert list(Notification.objects.unread().values_list("recipient__username", "title").order_by("pk")) == [
        ("mim", "Later"),
        ("rafi", "Later"),
    ]
    as_mim.post("/notifications/read-all/")
    assert list(Notification.objects.unread().values_list("recipient__username", flat=True)) == ["rafi"]


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_after_marking_nobody_is_led_off_the_site(as_mim: Client, invite: Notification, there: str) -> None:
    answer = as_mim.post(reverse("notifications:read", args=[invite.pk]), {"next": there})
    assert answer["Location"] == INDEX


def test_htmx_gets_the_row_and_the_new_count(as_mim: Client, mim: User, invite: Notification) -> None:
    notify([mim], "test.news", context={"text": "Other"})
    answer = as_mim.post(reverse("notifications:read", args=[invite.pk]), headers={"HX-Request": "true"})

    assert answer["HX-Trigger"] == '{"notifications:counted": {"unread": 1}}'
    row = answer.content.decode()
    assert row.strip().startswith(f'<li class="notice" id="notification-{invite.pk}">')
    assert "Mark unread" in row


@pytest.mark.parametrize("act", ["open", "read", "unread"])
def test_what_belongs_to_another_does_not_exist(as_rafi: Client, invite: Notification, act: str) -> None:
    assert as_rafi.post(reverse(f"notifications:{act}", args=[invite.pk])).status_code == 404
    assert as_rafi.get(reverse("notifications:open", args=[invite.pk])).status_code == 404
    invite.refresh_from_db()
    assert invite.is_read is False


def test_what_went_out_by_mail_only_is_not_on_the_site(as_mim: Client, invite: Notification) -> None:
    Notification.objects.update(in_app=False)
    assert as_mim.get(INDEX).context["page"].items == []
    assert as_mim.get("/notifications/live/").json() == {"unread": 0, "last_id": 0}
    assert as_mim.post(reverse("notifications:open", args=[invite.pk])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "1/", "menu/", "preferences/"])
def test_who_is_not_logged_in_is_asked_to(client: Client, path: str) -> None:
    answer = client.get(INDEX + path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["{0}/read/", "{0}/unread/", "read-all/", "preferences/test/"])
def test_a_link_changes_nothing(as_mim: Client, invite: Notification, path: str) -> None:
    assert as_mim.get(INDEX + path.format(invite.pk)).status_code == 405
    invite.refresh_from_db()
    assert invite.is_read is False
    assert Notification.objects.count() == 1


def test_a_form_of_another_site_changes_nothing(mim: User, invite: Notification) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(mim)
    for path in (f"{invite.pk}/", f"{invite.pk}/read/", "read-all/", "preferences/"):
        assert client.post(INDEX + path).status_code == 403
    invite.refresh_from_db()
    assert invite.is_read is False
    assert not NotificationPreference.objects.filter(opt_out_email=True).exists()


def test_without_a_socket_a_browser_asks_what_it_missed(as_mim: Client, mim: User) -> None:
    assert as_mim.get("/notifications/live/").json() == {"unread": 0, "last_id": 0}
    notify([mim], "test.news", context={"text": "Hello"})
    row = Notification.objects.get()

    state = as_mim.get("/notifications/live/?after=0").json()

    assert (state["unread"], state["last_id"], state["next"]) == (1, row.pk, None)
    assert [(item["id"], item["title"], item["read"]) for item in state["items"]] == [(row.pk, "Hello", False)]
    assert Client().get("/notifications/live/").status_code == 401


def test_the_bell_is_on_every_page_with_its_count(as_mim: Client, mim: User, client: Client) -> None:
    notify([mim], "test.news", context={"text": "Hello"})
    page = as_mim.get(INDEX).content.decode()
    assert 'aria-label="Notifications, 1 unread"' in page
    assert "data-bell" not in client.get("/accounts/login/").content.decode()


def test_the_bell_stops_counting_at_a_hundred(as_mim: Client, mim: User) -> None:
    Notification.objects.bulk_create(
        Notification(recipient=mim, type="test.news", title="x", fingerprint=str(number), batch="0" * 32)
        for number in range(150)
    )
    assert as_mim.get("/notifications/live/").json()["unread"] == 100
    assert 'aria-label="Notifications, more than 99 unread"' in as_mim.get(INDEX).content.decode()


def test_preferences_are_kept_and_audited(as_mim: Client, mim: User) -> None:
    assert as_mim.get("/notifications/preferences/").context["form"]["email"].value() is True

    as_mim.post("/notifications/preferences/", {})
    assert NotificationPreference.objects.get(user=mim).opt_out_email is True
    as_mim.post("/notifications/preferences/", {"email": "on"})
    assert NotificationPreference.objects.get(user=mim).opt_out_email is False


def test_a_test_comes_once_a_minute(as_mim: Client) -> None:
    for _ in range(2):
        as_mim.post("/notifications/preferences/test/")
    assert list(Notification.objects.values_list("type", flat=True)) == ["notifications.test"]


def test_the_seed_s_preference_is_made_once(mim: User) -> None:
    first = NotificationPreference.get_or_create_for_user(mim)
    assert (first.enable_daily_digest, first.opt_out_email) == (True, False)
    assert NotificationPreference.get_or_create_for_user(mim).pk == first.pk


def test_a_mail_program_unsubscribes_in_one_click_without_a_cookie(mim: User, invite: Notification) -> None:
    client = Client(enforce_csrf_checks=True)
    path = path_for(invite)

    for _ in range(2):
        answer = client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    assert NotificationPreference.objects.get(user=mim).opt_out_email is True


def test_one_click_in_the_header_stops_this_kind_only_and_the_page_offers_all(
    client: Client, mim: User, invite: Notification
) -> None:
    message = mail.build(invite)
    header = message.extra_headers["List-Unsubscribe"]
    path = "/" + header.strip("<>").split("/", 3)[3]
    assert message.extra_headers["List-ID"].endswith("<test.invite.deltacrown.gg>")
    assert header.strip("<>") in message.body
    assert path_for(invite) in message.body

    page = client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert "No more mails of this kind" in page.content.decode()
    preference = NotificationPreference.objects.get(user=mim)
    assert (preference.opt_out_email, preference.choices) == (False, {"test.invite": {"email": False}})
    client.post(path, {"do": "subscribe"})
    preference.refresh_from_db()
    assert preference.choices == {}

    asked = client.get(path).content.decode()
    assert "“Team invites” will still show up in the bell." in asked
    everything = asked.split('<a href="/notifications/unsubscribe/')[1].split('"')[0]
    client.post(f"/notifications/unsubscribe/{everything}", {"do": "unsubscribe"})
    preference.refresh_from_db()
    assert preference.opt_out_email is True


def test_looking_at_the_unsubscribe_link_changes_nothing(client: Client, invite: Notification) -> None:
    answer = client.get(path_for(invite))

    assert answer.status_code == 200
    assert "Stop e-mails?" in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not NotificationPreference.objects.exists()


def test_who_unsubscribed_by_mistake_takes_it_back(client: Client, mim: User, invite: Notification) -> None:
    client.post(path_for(invite))
    client.post(path_for(invite), {"do": "subscribe"})
    assert NotificationPreference.objects.get(user=mim).opt_out_email is False


def test_an_address_without_an_account_unsubscribes_too(client: Client, rafi: User) -> None:
    notify_email("new@example.com", "test.invite", actor=rafi, context=CONTEXT)
    path = path_for(Notification.objects.get())

    client.post(path)
    client.post(path)
    assert list(EmailSuppression.objects.values_list("address", flat=True)) == ["new@example.com"]
    client.post(path, {"do": "subscribe"})
    assert not EmailSuppression.objects.exists()


@pytest.mark.parametrize("change", [lambda token: token[:-1] + "_", lambda token: "x", lambda token: token + "a"])
def test_a_forged_link_does_not_exist(client: Client, mim: User, invite: Notification, change: Any) -> None:
    token = path_for(invite).rstrip("/").rsplit("/", 1)[1]
    path = reverse("notifications:unsubscribe", args=[change(token)])

    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    assert not NotificationPreference.objects.exists()


def test_the_link_of_a_deleted_account_does_not_exist(client: Client, mim: User, invite: Notification) -> None:
    path = path_for(invite)
    mim.delete()
    assert client.post(path).status_code == 404
