"""What we hold about somebody, for them to keep."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.personal_data import write_export
from apps.accounts.views.requests import PersonRequest
from apps.core import audit


@login_required
@require_safe
def personal_data(request: PersonRequest) -> HttpResponse:
    """Explain what the file holds, and offer it."""
    return render(request, "accounts/personal_data.html")


@login_required
@require_POST
@reauthentication_required
@never_cache
def download_personal_data(request: PersonRequest) -> HttpResponse | FileResponse:
    """Send one ZIP of JSON files, written while the person waits: it takes seconds, and no copy stays with us."""
    user = request.user
    if refusal := ratelimit.consume_or_429(request, action="export_data", user=user):
        return refusal
    # One transaction: every file shows the same moment.
    with transaction.atomic():
        export = write_export(user)
        audit.record(actor=user, action="account.data_exported", target=user, old={}, new={})
    name = f"deltacrown-{user.username}-{timezone.localdate().isoformat()}.zip"
    return FileResponse(export, as_attachment=True, filename=name, content_type="application/zip")
