"""Reviews in the admin: staff who moderate find, read and decide about many; the services decide the same as ever."""

import pytest
from django.contrib.auth.models import Permission

from apps.ecommerce.models import Review
from apps.ecommerce.services import reviews
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.ordering import order_of
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/ecommerce/review/"


@pytest.fixture
def three(shop, settings):
    """Reviews that wait, of three people; the last one by the moderator."""
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    moderator = staff_with("moderator", "moderate_review", "view_review")
    variant = shop.product("Cap").variants.select_related("product").get()
    made = []
    for user in (make_user("rafi"), make_user("mim"), moderator):
        item = order_of(user, variant, status="delivered").items.get()
        made.append(
            reviews.write_review(
                actor=user, product_id=item.product_id, stars=4, text="Good enough for me and my friends."
            )
        )
    return moderator, made


def test_staff_show_many_at_once_but_not_their_own(client, three):
    moderator, made = three
    client.force_login(moderator)
    assert "Good enough for me" in client.get(LIST).content.decode()

    chosen = {"action": "show_chosen", "_selected_action": [review.pk for review in made]}
    page = client.post(LIST, chosen, follow=True).content.decode()

    assert list(Review.objects.order_by("pk").values_list("state", flat=True)) == ["published", "published", "pending"]
    assert "2 shown." in page
    assert f"Review {made[2].pk}: It is your own review." in page


def test_reports_are_done_with(client, three):
    moderator, (review, _, _) = three
    reviews.publish_review(actor=moderator, review_id=review.pk)
    reviews.report_review(actor=make_user("sakib"), review_id=review.pk, reason="It is rude")
    client.force_login(moderator)
    client.post(LIST, {"action": "keep_chosen", "_selected_action": [review.pk]})
    assert not review.reports.filter(handled_at=None).exists()


def test_nobody_writes_changes_or_deletes_one_here(client, three):
    _, (review, _, _) = three
    client.force_login(make_user("nadia", is_staff=True, is_superuser=True))
    before = list(Review.objects.values())
    assert client.get(f"{LIST}{review.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{review.pk}/change/", {"text": "Mine now"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{review.pk}/delete/", {"post": "yes"}).status_code == 403
    assert list(Review.objects.values()) == before


def test_who_only_reads_orders_decides_nothing(client, three):
    _, made = three
    reader = staff_with("reader", "view_review")
    reader.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(reader)
    client.post(LIST, {"action": "show_chosen", "_selected_action": [made[0].pk]})
    assert set(Review.objects.values_list("state", flat=True)) == {"pending"}
