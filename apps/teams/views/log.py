"""/teams/<slug>/manage/log/: what everybody did in the team, for its captain."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.common.pagination import keyset_page
from apps.teams import permissions
from apps.teams.forms.joining import LogForm
from apps.teams.selectors import log as selectors
from apps.teams.selectors import rosters
from apps.teams.views.frames import manage_frame
from apps.teams.views.requests import SignedInRequest

PAGE_SIZE = 40


@login_required
@require_safe
def team_log(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_read_log(standing)
    form = LogForm(request.GET, people=selectors.people(team))
    form.is_valid()  # a wrong filter filters nothing
    kind, person = form.cleaned_data.get("kind", ""), form.cleaned_data.get("person") or None
    page = keyset_page(
        selectors.log(team, kind=kind, actor_id=person),
        order=("-pk",),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    kept = {name: value for name, value in (("kind", kind), ("person", person)) if value}
    context = {
        **manage_frame(standing, current="team_log"),
        "form": form,
        "lines": selectors.lines(team, page.rows),
        "is_filtered": bool(kept),
        "next_url": f"?{urlencode({**kept, 'after': page.next_cursor})}" if page.has_next else "",
        "first_url": "" if page.is_first else f"?{urlencode(kept)}",
    }
    return render(request, "teams/team_log.html", context)
