"""/wallet/: what one has, and why."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.economy import permissions
from apps.economy.forms import FilterForm
from apps.economy.selectors import entries as selectors
from apps.economy.views.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def wallet(request: SignedInRequest) -> HttpResponse:
    """Show the balance, how it went, and every entry behind it."""
    form = FilterForm(request.GET)
    form.is_valid()  # a wrong filter filters nothing
    filters = filters_of(form)
    mine = selectors.wallet_of(request.user)
    before = request.GET.get("before", "")
    later_page = before.isdecimal() and len(before) < 10
    page = selectors.page(mine, filters, before=int(before) if later_page else None) if mine else None
    kept = urlencode({name: value for name, value in form.cleaned_data.items() if value})
    older = page.older if page else None
    context: dict[str, Any] = {
        "wallet": mine,
        "form": form,
        "filters": filters,
        "kept": kept,
        "page": page,
        "next_url": f"?{kept}&before={older}".replace("?&", "?") if older else "",
        "first_url": f"?{kept}" if later_page else "",
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "economy/wallet.partial.html", context)
    context |= {"chart": selectors.chart(mine) if mine else None, "ways": selectors.ways_to_earn(mine)}
    return render(request, "economy/wallet.html", context)


@require_safe
@login_required
@never_cache
def entry(request: SignedInRequest, entry_id: int) -> HttpResponse:
    """Say why the balance changed: both sides, who, when, what for, and the links of the chain."""
    row = permissions.entry_seen_by(request.user, entry_id)
    mine = selectors.wallet_of(request.user)
    assert mine is not None  # noqa: S101 - an entry of theirs was found
    context = {
        "entry": selectors.seen_from(row, mine.pk),
        "row": row,
        "cause": selectors.cause_link(row, request.user),
    }
    return render(request, "economy/entry.html", context)


def filters_of(form: FilterForm) -> selectors.Filters:
    given = {name: value for name, value in form.cleaned_data.items() if value}
    return selectors.Filters(**given)
