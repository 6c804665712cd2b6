"""/crownstore/desk/: orders, one or many."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.ecommerce import permissions
from apps.ecommerce.constants import TRANSITIONS, Status
from apps.ecommerce.desk_forms import (
    DeliveryForm,
    FilterForm,
    LinesForm,
    NoteForm,
    RefundForm,
    ReturnForm,
    StepForm,
)
from apps.ecommerce.selectors import deliveries
from apps.ecommerce.selectors import desk as selectors
from apps.ecommerce.selectors.orders import OrderPage, order_page
from apps.ecommerce.services import desk as services
from apps.ecommerce.services import orders, refunds
from apps.ecommerce.services.orders import WORDS
from apps.ecommerce.views.desk.entry import at_desk, render_desk
from apps.ecommerce.views.refusals import show_in_form
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 40
ACTS = {Status.CONFIRMED: "Confirm", Status.PROCESSING: "Start packing", Status.SHIPPED: "Hand to courier"}
ACTS |= {Status.DELIVERED: "Mark as delivered", Status.COMPLETED: "Complete"}


@require_safe
@at_desk(permissions.check_see_orders)
def desk(request: SignedInRequest) -> HttpResponse:
    """List orders, filtered, newest first; with many of them something is done at once."""
    form = FilterForm(request.GET)
    page = keyset_page(
        selectors.desk_orders(form.filters), order=("-pk",), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {
        "form": form,
        "filters": form.filters,
        "waiting": [(Status(status), many) for status, many in selectors.waiting().items()],
        "page": page,
        "acts": [(status.value, word) for status, word in ACTS.items()],
        "may_process": permissions.can_process_orders(request.user),
        "next_url": "?" + urlencode({**form.kept, "after": page.next_cursor}) if page.has_next else "",
        "first_url": "" if page.is_first else "?" + urlencode(form.kept),
    }
    return render_desk(request, "desk", context)


@require_POST
@at_desk(permissions.check_process_orders)
def desk_bulk(request: SignedInRequest) -> HttpResponse:
    """Show what a step would do to the chosen orders; with ``sure``, do it."""
    numbers, to = request.POST.getlist("number"), request.POST.get("to", "")
    sure = bool(request.POST.get("sure"))
    if not numbers or to not in WORDS:
        messages.error(request, "Choose orders and what to do with them.")
        return redirect("ecommerce:desk")
    outcomes = services.advance_many(actor=request.user, numbers=numbers, to=to, preview=not sure)
    if sure:
        done = sum(1 for outcome in outcomes if not outcome.refusal)
        messages.success(request, f"{done} of {len(outcomes)}: {WORDS[Status(to)].lower()}.")
        for outcome in outcomes:
            if outcome.refusal:
                messages.error(request, f"{outcome.number}: {outcome.refusal}")
        return redirect("ecommerce:desk")
    going = [outcome for outcome in outcomes if not outcome.refusal]
    context = {
        "act": ACTS[Status(to)],
        "to": to,
        "going": going,
        "refused": [outcome for outcome in outcomes if outcome.refusal],
    }
    return render_desk(request, "desk_bulk", context)


@require_safe
@at_desk(permissions.check_see_orders)
def desk_order(request: SignedInRequest, number: str) -> HttpResponse:
    """One order with its history and everything that can be done to it now."""
    return _show(request, order_page(request.user, number))


@require_POST
@at_desk(permissions.check_process_orders)
def desk_step(request: SignedInRequest, number: str) -> HttpResponse:
    page, form = order_page(request.user, number), StepForm(request.POST)
    return _act(
        request,
        page,
        form,
        name="step",
        act=lambda given: orders.advance(actor=request.user, number=number, **given),
        said="Done, and the buyer is told.",
    )


@require_POST
@at_desk(permissions.check_process_orders)
def desk_cancel(request: SignedInRequest, number: str) -> HttpResponse:
    """Cancel the chosen lines, or all of them."""
    page = order_page(request.user, number)
    form = LinesForm(request.POST, items=page.items, prefix="cancel")
    return _act(
        request,
        page,
        form,
        name="cancel",
        act=lambda given: orders.cancel(actor=request.user, number=number, why=given["why"], lines=form.lines),
        said="Cancelled. What was reserved is back on the shelf.",
    )


@require_POST
@at_desk(permissions.check_refund_orders)
def desk_return(request: SignedInRequest, number: str) -> HttpResponse:
    """Something came back after delivery."""
    page = order_page(request.user, number)
    form = ReturnForm(request.POST, items=page.items, prefix="return")
    return _act(
        request,
        page,
        form,
        name="return",
        act=lambda given: orders.take_back(
            actor=request.user, number=number, lines=form.lines, why=given["why"], restock=given["restock"]
        ),
        said="Noted. Coins are back in the wallet; taka are yours to send.",
    )


@require_POST
@at_desk(permissions.check_refund_orders)
def desk_refund(request: SignedInRequest, number: str) -> HttpResponse:
    """Write down that taka were sent back."""
    page, form = order_page(request.user, number), RefundForm(request.POST)
    return _act(
        request,
        page,
        form,
        name="refund",
        act=lambda given: refunds.record_refund(actor=request.user, number=number, **form.values),
        said="Written down, and the buyer is told.",
    )


@require_POST
@at_desk(permissions.check_process_orders)
def desk_note(request: SignedInRequest, number: str) -> HttpResponse:
    page, form = order_page(request.user, number), NoteForm(request.POST)
    return _act(
        request,
        page,
        form,
        name="note",
        act=lambda given: services.add_note(actor=request.user, number=number, note=given["note"]),
        said="Noted.",
    )


@require_POST
@at_desk(permissions.check_process_orders)
def desk_deliver(request: SignedInRequest, number: str, item_id: int) -> HttpResponse:
    """Give the buyer a code or words for one line."""
    page, form = order_page(request.user, number), DeliveryForm(request.POST, prefix=f"deliver-{item_id}")
    return _act(
        request,
        page,
        form,
        name=f"deliver-{item_id}",
        act=lambda given: services.deliver_digital(actor=request.user, number=number, item_id=item_id, **given),
        said="Delivered. The buyer is told that it is there.",
    )


def _act(
    request: SignedInRequest,
    page: OrderPage,
    form: Form,
    *,
    name: str,
    act: Callable[[dict[str, Any]], object],
    said: str,
) -> HttpResponse:
    """Do it and go back to the order; or show the order with the refusal where it belongs, and what was typed."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, _at_its_field(refusal))
        else:
            messages.success(request, said)
            return redirect("ecommerce:desk_order", number=page.order.number)
    return _show(request, page, {name: form}, status=422)


def _at_its_field(refusal: DomainError) -> DomainError:
    if refusal.field == "amount_poisha":
        refusal.field = "amount_taka"
    return refusal


def _show(
    request: SignedInRequest, page: OrderPage, typed: dict[str, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    typed, order = typed or {}, page.order
    may_process = permissions.can_process_orders(request.user)
    may_refund = permissions.can_refund_orders(request.user)
    steps = [step for step in TRANSITIONS[Status(order.status)] if step in ACTS and _fits(page, step)]
    returnable = Status.REFUNDED in TRANSITIONS[Status(order.status)] and may_refund
    given = deliveries.deliveries_of(page.items)
    context = {
        "page": page,
        "order": order,
        "steps": [(step.value, ACTS[step]) for step in steps] if may_process else [],
        "step_form": typed.get("step") or StepForm(),
        "asks_courier": Status.SHIPPED in steps,
        "cancel_form": (typed.get("cancel") or LinesForm(items=page.items, prefix="cancel"))
        if page.can_cancel
        else None,
        "return_form": (typed.get("return") or ReturnForm(items=page.items, prefix="return")) if returnable else None,
        "refund_form": (typed.get("refund") or RefundForm.for_order(order, uuid4().hex))
        if may_refund and (order.owed_back_poisha or "refund" in typed)
        else None,
        "note_form": (typed.get("note") or NoteForm()) if may_process else None,
        "lines": [
            (item, given.get(item.pk, []), _delivery_form(page, item, typed) if may_process else None)
            for item in page.items
        ],
    }
    return render_desk(request, "desk_order", context, status=status)


def _fits(page: OrderPage, step: Status) -> bool:
    """Leave out the steps that the order's kind has no use for."""
    if step == Status.SHIPPED:
        return page.order.needs_shipping
    return step != Status.DELIVERED or page.order.status == Status.SHIPPED or not page.order.needs_shipping


def _delivery_form(page: OrderPage, item: Any, typed: dict[str, Form]) -> Form | None:
    if item.kind not in services.DIGITAL or not item.left or page.order.status in (Status.PENDING, Status.CANCELLED):
        return None
    return typed.get(f"deliver-{item.pk}") or DeliveryForm(prefix=f"deliver-{item.pk}")
