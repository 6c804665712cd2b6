"""The check-up of an account's safety."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from apps.accounts.middleware import AFTER_SECOND_FACTOR_KEY
from apps.accounts.permissions import has_second_factor
from apps.accounts.selectors import security_overview
from apps.accounts.views.requests import PersonRequest


@login_required
@require_safe
def security(request: PersonRequest) -> HttpResponse:
    """Show what is set, each with the one thing to do about it."""
    return render(request, "accounts/security.html", {"overview": security_overview(request.user)})


@login_required
@require_safe
def staff_second_factor(request: PersonRequest) -> HttpResponse:
    """Tell staff why the admin is closed to them, and lead them back once it is open."""
    back = str(request.session.get(AFTER_SECOND_FACTOR_KEY, "/admin/"))
    if has_second_factor(request.user):
        request.session.pop(AFTER_SECOND_FACTOR_KEY, None)
        return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "admin:index")
    return render(request, "accounts/staff_second_factor.html")
