"""Where somebody is logged in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.selectors import sessions_of
from apps.accounts.services import sessions as services
from apps.accounts.views.requests import PersonRequest
from apps.core.errors import NotFound


@login_required
@require_safe
def sessions(request: PersonRequest) -> HttpResponse:
    """List the person's sessions."""
    rows = sessions_of(request.user, current_key=request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


@login_required
@require_POST
def end_session(request: PersonRequest, session_id: int) -> HttpResponse:
    """Log out one other browser."""
    try:
        services.end_session(actor=request.user, session_id=session_id)
    except NotFound as gone:
        messages.info(request, gone.message)
    else:
        messages.success(request, "That browser is logged out.")
    return redirect("usersessions_list")


@login_required
@require_POST
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    """Log out every browser but this one."""
    ended = services.end_other_sessions(actor=request.user, current=request.session)
    messages.success(request, f"Logged out everywhere else ({ended}).")
    return redirect("usersessions_list")
