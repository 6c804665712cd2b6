"""What buyers say: for a product's page, for who wrote it, for who reads it first."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from apps.corelib.charts import Datum
from apps.ecommerce import permissions
from apps.ecommerce.constants import ReviewState
from apps.ecommerce.models import Product, Review, ReviewReport
from apps.ecommerce.permissions import Viewer


@dataclass(frozen=True)
class Summary:
    """How a product was found, over all reviews that are shown. ``counts`` from one star to five."""

    counts: tuple[int, int, int, int, int]

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def average(self) -> float:
        """With one digit, as it is shown: 4.3."""
        return (
            round(sum(stars * many for stars, many in enumerate(self.counts, 1)) / self.count, 1) if self.count else 0
        )

    @property
    def chart(self) -> list[Datum]:
        """Five bars, the best first."""
        return [
            Datum(f"{stars} star{'s' if stars > 1 else ''}", self.counts[stars - 1], text=f"{self.counts[stars - 1]:,}")
            for stars in range(5, 0, -1)
        ]


def summary(product: Product) -> Summary:
    """Return the stars of a product. One query."""
    shown = Review.objects.filter(product=product, state=ReviewState.PUBLISHED)
    many = dict(shown.order_by().values_list("stars").annotate(count=Count("pk")))
    return Summary((many.get(1, 0), many.get(2, 0), many.get(3, 0), many.get(4, 0), many.get(5, 0)))


def shown_reviews(product: Product) -> QuerySet[Review]:
    """Return what is shown, newest first, with who wrote it."""
    return (
        Review.objects.filter(product=product, state=ReviewState.PUBLISHED)
        .select_related("user__profile", "item")
        .order_by("-pk")
    )


@dataclass(frozen=True)
class Writing:
    """Whether the viewer may write, and what they wrote."""

    mine: Review | None
    may: bool


def writing(viewer: Viewer, product: Product) -> Writing:
    """Return what the product's page offers the viewer."""
    if not viewer.is_authenticated:
        return Writing(None, False)
    return Writing(
        mine=Review.objects.filter(product=product, user=viewer.pk).first(),
        may=permissions.bought(viewer, product) is not None,
    )


def queue() -> QuerySet[Review]:
    """Return what staff have to read: new ones, and shown ones that were reported, oldest first."""
    open_reports = ReviewReport.objects.filter(handled_at=None)
    reported = Q(state=ReviewState.PUBLISHED) & Exists(open_reports.filter(review=OuterRef("pk")))
    return (
        Review.objects.filter(Q(state=ReviewState.PENDING) | reported)
        .select_related("product", "user", "item__order")
        .prefetch_related(Prefetch("reports", open_reports, to_attr="open_reports"))
        .order_by("pk")
    )
