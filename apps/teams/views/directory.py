"""/teams/: find a team."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.common.pagination import keyset_page
from apps.teams.forms import DirectoryForm
from apps.teams.selectors import directory as selectors
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
        order=("-created_at", "-pk"),
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
        "next_url": "?" + urlencode({**kept, "after": page.next_cursor}) if page.has_next else "",
        "first_url": "" if page.is_first else "?" + urlencode(kept),
    }
    template = "teams/directory.partial.html" if request.htmx else "teams/directory.html"
    return render(request, template, context)
