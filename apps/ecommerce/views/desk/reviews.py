"""/crownstore/desk/reviews/: what buyers wrote, read before others do."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.ecommerce import permissions
from apps.ecommerce.selectors import reviews as selectors
from apps.ecommerce.services import reviews
from apps.ecommerce.views.desk.entry import at_desk, render_desk
from apps.ecommerce.views.refusals import show_as_message
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 20


@require_safe
@at_desk(permissions.check_moderate_reviews)
def desk_reviews(request: SignedInRequest) -> HttpResponse:
    """List what has to be read: new ones, and shown ones that were reported."""
    page = keyset_page(selectors.queue(), order=("pk",), cursor=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "page": page,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render_desk(request, "desk_reviews", context)


@require_POST
@at_desk(permissions.check_moderate_reviews)
def desk_review(request: SignedInRequest, review_id: int) -> HttpResponse:
    """Decide about a review: ``publish``, ``keep`` or ``reject`` with its reason."""
    act = request.POST.get("act")
    try:
        if act == "publish":
            reviews.publish_review(actor=request.user, review_id=review_id)
        elif act == "keep":
            reviews.keep_review(actor=request.user, review_id=review_id)
        else:
            reviews.reject_review(actor=request.user, review_id=review_id, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        said = {"publish": "Shown.", "keep": "Left as it is."}
        messages.success(request, said.get(str(act), "Not shown. Who wrote it reads why."))
    return redirect("ecommerce:desk_reviews")
