"""An order as an invoice, to print."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.ecommerce.selectors.orders import order_page
from apps.ecommerce.views.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def invoice(request: SignedInRequest, number: str) -> HttpResponse:
    """Show the invoice, to the buyer and to staff of the desk. The browser prints it, or saves it as PDF."""
    page = order_page(request.user, number)
    return render(request, "ecommerce/invoice.html", {"page": page, "order": page.order})
