"""Reviews: by buyers only, once, read by staff, shown, reported, paid."""

import pytest
from django.db import connection

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent, Job
from apps.ecommerce.models import OrderItem, Review, ReviewReport
from apps.ecommerce.selectors import reviews as selectors
from apps.ecommerce.services import reviews
from apps.economy.models import DeltaCrownTransaction
from apps.notifications.models import Notification
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.ordering import order_of
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
TEXT = "Good knit, runs a size small. Fine for evenings."


@pytest.fixture
def jersey(shop):
    return shop.product("Season 3 jersey", stock=50)


@pytest.fixture
def reader(db):
    """Staff who read reviews before others do."""
    return staff_with("reader", "moderate_review", "view_review")


def buy(user, product, status="delivered"):
    return order_of(user, product.variants.select_related("product").get(), status=status)


def written(user, product, stars=4, text=TEXT):
    buy(user, product)
    return reviews.write_review(actor=user, product_id=product.pk, stars=stars, text=text)


def test_who_got_it_writes_once_and_writes_anew(rafi, jersey):
    first = written(rafi, jersey)
    reviews.write_review(actor=rafi, product_id=jersey.pk, stars=2, text=TEXT + " Lost its colour.")
    assert Review.objects.get() == first
    assert (Review.objects.get().stars, Review.objects.get().state) == (2, "pending")


@pytest.mark.parametrize("status", ["pending", "confirmed", "processing", "shipped", "cancelled", "refunded"])
def test_who_has_it_not_writes_nothing(rafi, jersey, status):
    buy(rafi, jersey, status)
    buy(make_user("mim"), jersey)
    with pytest.raises(PermissionRefused, match="Only who bought it"):
        reviews.write_review(actor=rafi, product_id=jersey.pk, stars=5, text=TEXT)
    assert not Review.objects.exists()


def test_who_gave_it_back_writes_nothing(rafi, jersey):
    buy(rafi, jersey)
    OrderItem.objects.update(returned_quantity=1)
    with pytest.raises(PermissionRefused):
        reviews.write_review(actor=rafi, product_id=jersey.pk, stars=1, text=TEXT)


@pytest.mark.parametrize(
    ("stars", "text", "field"),
    [(0, TEXT, "stars"), (6, TEXT, "stars"), (None, TEXT, "stars"), (5, "Good.", "text"), (5, "x" * 2001, "text")],
)
def test_what_is_no_review_is_refused_at_its_field(rafi, jersey, stars, text, field):
    buy(rafi, jersey)
    with pytest.raises(DomainError) as refused:
        reviews.write_review(actor=rafi, product_id=jersey.pk, stars=stars, text=text)
    assert refused.value.field == field
    assert not Review.objects.exists()


def test_shown_after_staff_read_it_and_paid_once(rafi, jersey, reader, django_capture_on_commit_callbacks):
    review = written(rafi, jersey)
    assert selectors.summary(jersey).count == 0
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            reviews.publish_review(actor=reader, review_id=review.pk)
    assert (selectors.summary(jersey).average, list(selectors.shown_reviews(jersey))) == (4.0, [review])
    assert [row.title for row in Notification.objects.filter(type="ecommerce.review_published")] == [
        "Your review of Season 3 jersey is shown"
    ]

    reviews.write_review(actor=rafi, product_id=jersey.pk, stars=5, text=TEXT + " Better after a wash.")
    with django_capture_on_commit_callbacks(execute=True):
        reviews.publish_review(actor=reader, review_id=review.pk)
    assert list(DeltaCrownTransaction.objects.values_list("amount", "cause")) == [(10, "rule:review_written")]


def test_not_shown_with_a_reason_and_a_second_try(rafi, jersey, reader):
    review = written(rafi, jersey)
    with pytest.raises(DomainError, match="Tell who wrote it why"):
        reviews.reject_review(actor=reader, review_id=review.pk, reason=" ")
    reviews.reject_review(actor=reader, review_id=review.pk, reason="It names a person.")
    [told] = Notification.objects.filter(recipient=rafi)
    assert "It names a person." in told.body

    again = reviews.write_review(actor=rafi, product_id=jersey.pk, stars=4, text=TEXT)
    assert (again.state, again.reason) == ("pending", "")
    assert [event.action for event in AuditEvent.objects.filter(action__startswith="review.")] == ["review.rejected"]


def test_nobody_decides_about_their_own_and_only_who_may(rafi, jersey, clerk, reader):
    own = written(reader, jersey)
    for act in (reviews.publish_review, reviews.keep_review):
        with pytest.raises(PermissionRefused, match="your own"):
            act(actor=reader, review_id=own.pk)
        for other in (clerk, rafi):
            with pytest.raises(PermissionRefused, match="Only staff who moderate"):
                act(actor=other, review_id=own.pk)
    own.refresh_from_db()
    assert own.state == "pending"
    assert not Job.objects.filter(name="economy.earn").exists()


def test_a_report_brings_it_back_to_staff_once(rafi, jersey, reader):
    review, mim = written(rafi, jersey), make_user("mim")
    with pytest.raises(NotFound):
        reviews.report_review(actor=mim, review_id=review.pk, reason="It is rude.")
    reviews.publish_review(actor=reader, review_id=review.pk)
    assert not selectors.queue().exists()
    for _ in range(2):
        reviews.report_review(actor=mim, review_id=review.pk, reason="It is rude.")
    with pytest.raises(Conflict, match="your own"):
        reviews.report_review(actor=rafi, review_id=review.pk, reason="I regret it.")
    with pytest.raises(DomainError):
        reviews.report_review(actor=mim, review_id=review.pk, reason="no")
    assert [row.reason for row in selectors.queue().get().open_reports] == ["It is rude."]

    reviews.keep_review(actor=reader, review_id=review.pk)
    assert not selectors.queue().exists()
    assert ReviewReport.objects.get().handled_at


def test_what_is_taken_back_is_gone(rafi, jersey):
    written(rafi, jersey)
    for _ in range(2):
        reviews.remove_review(actor=rafi, product_id=jersey.pk)
    assert not Review.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_eight_clicks_are_one_review(rafi):
    jersey = Shop(make_user("boss", is_staff=True, is_superuser=True)).product()
    buy(rafi, jersey)

    def sending():
        reviews.write_review(actor=rafi, product_id=jersey.pk, stars=4, text=TEXT)

    assert at_once(*[sending] * 8) == {"done": 8}
    assert Review.objects.count() == 1
