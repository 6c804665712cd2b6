"""/crownstore/points/: loyalty points, how they came, and what they are worth."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.ecommerce.selectors import loyalty as selectors
from apps.ecommerce.services import loyalty
from apps.ecommerce.views.refusals import show_as_message
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 30


@require_safe
@login_required
@never_cache
def points(request: SignedInRequest) -> HttpResponse:
    """Show points, tier, coupons of one's own, and every change."""
    page = keyset_page(
        selectors.entries(request.user), order=("-pk",), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {
        "standing": selectors.standing(request.user),
        "coupons": selectors.own_coupons(request.user),
        "page": page,
        "key": uuid4().hex,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "ecommerce/points.html", context)


@require_POST
@login_required
def redeem_points(request: SignedInRequest) -> HttpResponse:
    """Make points a coupon of one's own."""
    typed = request.POST.get("points", "").strip()
    wanted = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 8 else 0
    try:
        coupon = loyalty.redeem(actor=request.user, points=wanted, idempotency_key=request.POST.get("key", ""))
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{coupon.code} is yours. Enter it at checkout.")
    return redirect("ecommerce:points")
