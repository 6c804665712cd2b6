"""/crownstore/: what there is, and a page for each thing."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from apps.common.pagination import keyset_page
from apps.ecommerce.constants import SORT_ORDERS
from apps.ecommerce.forms import CatalogueForm
from apps.ecommerce.selectors import catalogue as selectors
from apps.ecommerce.selectors import reviews

PAGE_SIZE = 24
REVIEWS_SHOWN = 3


class HtmxRequest(HttpRequest):
    """A request that the htmx middleware has seen."""

    htmx: HtmxDetails


@require_safe
def store(request: HtmxRequest) -> HttpResponse:
    """Show the catalogue, filtered and sorted."""
    form = CatalogueForm(request.GET)
    filters = form.filters
    page = keyset_page(
        selectors.catalogue(viewer=request.user, filters=filters),
        order=SORT_ORDERS[form.sort_order],
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    kept = form.kept
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "next_url": "?" + urlencode({**kept, "after": page.next_cursor}) if page.has_next else "",
        "first_url": "" if page.is_first else "?" + urlencode(kept),
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "ecommerce/store.partial.html" if partial else "ecommerce/store.html", context)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product with its variants, what it holds, what buyers say and what is near it."""
    page = selectors.product_page(request.user, slug)
    context = {
        "page": page,
        "summary": reviews.summary(page.product),
        "reviews": reviews.shown_reviews(page.product)[:REVIEWS_SHOWN],
        "writing": reviews.writing(request.user, page.product),
    }
    return render(request, "ecommerce/product.html", context)
