"""/crownstore/desk/: what is to be picked, what runs out, how the days went."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.ecommerce import permissions
from apps.ecommerce.selectors import desk as selectors
from apps.ecommerce.views.desk.entry import at_desk, render_desk
from apps.ecommerce.views.requests import SignedInRequest

SPANS = (7, 30, 90)


@require_safe
@at_desk(permissions.check_process_orders)
def desk_picking(request: SignedInRequest) -> HttpResponse:
    """What to take from the shelves, by SKU, to print."""
    return render_desk(request, "desk_picking", {"picks": selectors.pick_list()})


@require_safe
@at_desk(permissions.check_see_orders)
def desk_stock(request: SignedInRequest) -> HttpResponse:
    """What is nearly gone."""
    return render_desk(request, "desk_stock", {"variants": selectors.low_stock()[:200], "low": selectors.LOW})


@require_safe
@at_desk(permissions.check_see_orders)
def desk_figures(request: SignedInRequest) -> HttpResponse:
    """Orders and takings of the last days."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else 30
    return render_desk(request, "desk_figures", {"figures": selectors.figures(days), "days": days, "spans": SPANS})
