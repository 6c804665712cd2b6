"""What buyers say: a product's reviews, and writing one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.ecommerce import permissions
from apps.ecommerce.forms import ReviewForm
from apps.ecommerce.selectors import reviews as selectors
from apps.ecommerce.services import reviews
from apps.ecommerce.views.refusals import show_as_message, show_in_form
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 10


@require_safe
def product_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a product was found, and what buyers wrote, newest first."""
    product = permissions.product_seen_by(request.user, slug)
    page = keyset_page(
        selectors.shown_reviews(product), order=("-pk",), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {
        "product": product,
        "summary": selectors.summary(product),
        "writing": selectors.writing(request.user, product),
        "page": page,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "ecommerce/product_reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write_review(request: SignedInRequest, slug: str) -> HttpResponse:
    """Write a review, or write it anew."""
    product = permissions.product_seen_by(request.user, slug)
    permissions.check_review(request.user, product)
    mine = selectors.writing(request.user, product).mine
    initial = {"stars": mine.stars, "text": mine.text} if mine else {}
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.write_review(actor=request.user, product_id=product.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Thank you. We read it first, and tell you when it is shown.")
            return redirect("ecommerce:product_reviews", slug=slug)
    context = {"product": product, "form": form, "mine": mine}
    return render(request, "ecommerce/write_review.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def remove_review(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take one's own review back."""
    product = permissions.product_seen_by(request.user, slug)
    reviews.remove_review(actor=request.user, product_id=product.pk)
    messages.success(request, "Your review is gone.")
    return redirect("ecommerce:product_reviews", slug=slug)


@require_POST
@login_required
def report_review(request: SignedInRequest, review_id: int) -> HttpResponse:
    """Say that a review breaks the rules."""
    try:
        product = reviews.report_review(
            actor=request.user, review_id=review_id, reason=request.POST.get("reason", "")
        ).product
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("ecommerce:store")
    messages.success(request, "Thank you. Somebody looks at it.")
    return redirect("ecommerce:product_reviews", slug=product.slug)
