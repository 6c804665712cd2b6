"""/teams/ and /teams/hub/: find a team, and see what the scene does."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.common.pagination import keyset_page
from apps.teams.forms.lists import DirectoryForm
from apps.teams.selectors import directory as selectors
from apps.teams.selectors import hub as hub_selectors
from apps.teams.selectors import promotions
from apps.teams.views.requests import HtmxRequest

PAGE_SIZE = 24


@require_safe
def directory(request: HtmxRequest) -> HttpResponse:
    form = DirectoryForm(request.GET)
    form.is_valid()  # a wrong filter filters nothing
    filters = selectors.Filters(**form.cleaned_data)
    page = keyset_page(
        selectors.directory(viewer=request.user, filters=filters),
        order=filters.order,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    kept = {name: "on" if value is True else value for name, value in form.cleaned_data.items() if value}
    # Who looks for something in particular, or turns a page, is not held up.
    front = not filters and page.is_first and not request.htmx
    context = {
        "shown": promotions.shown_in("team_hub") if front else promotions.Shown(),
        "form": form,
        "filters": filters,
        "page": page,
        "count": selectors.count(viewer=request.user, filters=filters) if page.rows else 0,
        "chips": [{"words": form.words(name), "url": _address(kept, name)} for name in filters.active],
        "next_url": "?" + urlencode({**kept, "after": page.next_cursor}) if page.has_next else "",
        "first_url": "" if page.is_first else "?" + urlencode(kept),
        **(_nothing_found(request, form, filters, kept) if filters and not page.rows else {}),
    }
    template = "teams/directory.partial.html" if request.htmx else "teams/directory.html"
    return render(request, template, context)


@require_safe
def hub(request: HtmxRequest) -> HttpResponse:
    """The same for everybody and from the cache, but for the viewer's own teams and what is promoted this minute."""
    context = {
        "hub": hub_selectors.hub(),
        "shown": promotions.shown_in("team_hub"),
        "mine": hub_selectors.my_teams(request.user),
    }
    return render(request, "teams/hub.html", context)


def _nothing_found(
    request: HtmxRequest, form: DirectoryForm, filters: selectors.Filters, kept: dict[str, Any]
) -> dict[str, Any]:
    """Return what the empty page offers: names that are nearly it, and filters that stand in the way."""
    loosened = selectors.loosened(viewer=request.user, filters=filters)
    return {
        "nearest": selectors.nearest(viewer=request.user, filters=filters),
        "loosened": [
            {"words": form.words(name), "url": _address(kept, name), "count": number}
            for name, number in sorted(loosened.items(), key=lambda found: -found[1])
        ],
    }


def _address(kept: dict[str, Any], without: str) -> str:
    return "?" + urlencode({name: value for name, value in kept.items() if name != without})
