"""/me/addresses/: where one has things sent."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import DomainError
from apps.ecommerce.forms import AddressForm, KeptAddressForm
from apps.ecommerce.selectors import addresses as selectors
from apps.ecommerce.selectors import shipping
from apps.ecommerce.services import addresses as services
from apps.ecommerce.views.refusals import show_as_message, show_in_form
from apps.ecommerce.views.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def addresses(request: SignedInRequest) -> HttpResponse:
    """Show the address book, and what sending costs where."""
    context = {"addresses": selectors.address_book(request.user), "zones": shipping.zones()}
    return render(request, "ecommerce/addresses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def add_address(request: SignedInRequest) -> HttpResponse:
    """A new address; ``next`` leads back to the checkout that asked for it."""
    form = KeptAddressForm(request.POST if request.method == "POST" else None)
    return _edit(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit_address(request: SignedInRequest, address_id: int) -> HttpResponse:
    address = selectors.own_address(request.user, address_id)
    initial = {name: getattr(address, name) for name in AddressForm.base_fields} | {"make_default": address.is_default}
    form = KeptAddressForm(request.POST if request.method == "POST" else None, initial=initial)
    return _edit(request, form, address_id)


@require_POST
@login_required
def choose_address(request: SignedInRequest, address_id: int) -> HttpResponse:
    """Begin checkouts with this address."""
    try:
        services.choose_default(actor=request.user, address_id=address_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "Checkout starts with this address now.")
    return redirect("ecommerce:addresses")


@require_POST
@login_required
def remove_address(request: SignedInRequest, address_id: int) -> HttpResponse:
    try:
        services.remove_address(actor=request.user, address_id=address_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "The address is gone. Orders keep their copy.")
    return redirect("ecommerce:addresses")


def _edit(request: SignedInRequest, form: KeptAddressForm, address_id: int | None) -> HttpResponse:
    back = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.save_address(actor=request.user, address_id=address_id, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Address saved.")
            return redirect(back or "ecommerce:addresses")
    context = {"form": form, "address_id": address_id, "back": back}
    return render(request, "ecommerce/address_form.html", context, status=422 if form.errors else 200)
