"""/crownstore/orders/: what one bought, how far it is, and how to pay it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError, NotFound
from apps.ecommerce.constants import DELIVERED_STATUSES
from apps.ecommerce.forms import CancelForm, TransferForm
from apps.ecommerce.selectors import deliveries, loyalty
from apps.ecommerce.selectors import orders as selectors
from apps.ecommerce.selectors.orders import OrderPage
from apps.ecommerce.services import orders as services
from apps.ecommerce.services import payments, paypal
from apps.ecommerce.services.payments import Told
from apps.ecommerce.views.refusals import show_as_message, show_in_form
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 20


@require_safe
@login_required
@never_cache
def orders(request: SignedInRequest) -> HttpResponse:
    """List the member's orders, newest first."""
    page = keyset_page(
        selectors.my_orders(request.user), order=("-pk",), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {
        "page": page,
        "standing": loyalty.standing(request.user) if page.is_first else None,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "ecommerce/orders.html", context)


@require_safe
@login_required
@never_cache
def order(request: SignedInRequest, number: str) -> HttpResponse:
    """Show one order: what to do now, what is in it, what happened."""
    page = selectors.order_page(request.user, number)
    return render(request, "ecommerce/order.html", _context(page, _transfer_form(request, page, None)))


@require_POST
@login_required
def tell_payment(request: SignedInRequest, number: str) -> HttpResponse:
    """Tell the TrxID of a transfer. What is wrong is said at its field, and what was typed stays."""
    page = selectors.order_page(request.user, number)
    form = _transfer_form(request, page, request.POST)
    if form is None:
        messages.info(request, "This order does not wait for a TrxID.")
        return redirect(page.order)
    try:
        if form.is_valid():
            payments.submit(actor=request.user, number=number, told=Told(**form.cleaned_data))
            messages.success(request, "Thank you. We look for it, mostly within the hour, and tell you.")
            return redirect(page.order)
        # The screenshot is no picture. Say in the same answer what else is wrong.
        payments.check_told(form.provider, form.cleaned_data["trx_id"], form.cleaned_data["sender"])
    except DomainError as refusal:
        show_in_form(form, refusal)
    form.keep()
    return render(request, "ecommerce/order.html", _context(page, form), status=422)


@require_POST
@login_required
def choose_payment(request: SignedInRequest, number: str) -> HttpResponse:
    """Pay in another way."""
    try:
        found = payments.choose_provider(actor=request.user, number=number, provider=request.POST.get("provider", ""))
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"To be paid by {found.get_provider_display()}.")
    return redirect("ecommerce:order", number)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def cancel_order(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask what of it, then cancel."""
    page = selectors.order_page(request.user, number)
    if not page.is_buyer:
        raise NotFound("There is no such order of yours.")
    form = CancelForm(request.POST if request.method == "POST" else None, items=page.items)
    if request.method == "POST" and form.is_valid():
        whole = request.POST.get("whole") == "1"
        try:
            services.cancel(
                actor=request.user,
                number=number,
                why=form.cleaned_data["why"],
                lines=None if whole else form.lines,
            )
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Cancelled. What you paid in coins is back in your wallet.")
            return redirect(page.order)
    context = {"page": page, "order": page.order, "form": form}
    return render(request, "ecommerce/cancel_order.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def received(request: SignedInRequest, number: str) -> HttpResponse:
    """The buyer has it."""
    try:
        services.confirm_received(actor=request.user, number=number)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "Good. The order is completed.")
    return redirect("ecommerce:order", number)


@require_safe
@login_required
@never_cache
def payment_proof(request: SignedInRequest, number: str, payment_id: int) -> HttpResponse:
    """Send a screenshot to its buyer or to staff, and to nobody else."""
    image = selectors.proof_seen_by(request.user, number, payment_id)
    return HttpResponse(image, content_type="image/webp", headers={"X-Content-Type-Options": "nosniff"})


@require_POST
@login_required
def start_paypal(request: SignedInRequest, number: str) -> HttpResponse:
    """Send the buyer to PayPal's own page."""
    try:
        url = paypal.start(actor=request.user, number=number, base_url=settings.SITE_URL)
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("ecommerce:order", number)
    return redirect(url)


@require_safe
@login_required
@never_cache
def finish_paypal(request: SignedInRequest, number: str) -> HttpResponse:
    """PayPal sends the buyer back here. Opened twice, the money is taken once."""
    try:
        order = paypal.finish(actor=request.user, number=number)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        if order.due_poisha:
            messages.info(request, "PayPal looks at your payment itself. We tell you as soon as it has the money.")
        else:
            messages.success(request, "Paid by PayPal.")
    return redirect("ecommerce:order", number)


def _transfer_form(request: SignedInRequest, page: OrderPage, data: Any) -> TransferForm | None:
    if page.manual is None or not page.waits_for_buyer or not page.is_buyer:
        return None
    files = request.FILES if data is not None else None
    return TransferForm(data, files, provider=page.manual, owner=f"user:{request.user.pk}")


def _context(page: OrderPage, form: TransferForm | None) -> dict[str, Any]:
    given = deliveries.deliveries_of(page.items)
    return {
        "page": page,
        "order": page.order,
        "form": form,
        "points": loyalty.points_of(page.order) if page.is_buyer else 0,
        "delivered": [(item, given[item.pk]) for item in page.items if item.pk in given],
        "reviewable": [item for item in page.items if item.left] if _may_review(page) else [],
    }


def _may_review(page: OrderPage) -> bool:
    return page.is_buyer and page.order.status in DELIVERED_STATUSES
