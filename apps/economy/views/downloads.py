"""A member's entries to take along."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.common.csv_files import plain
from apps.core import rate_limit
from apps.core.errors import NotFound
from apps.economy.forms import FilterForm
from apps.economy.models import DeltaCrownWallet
from apps.economy.selectors import entries as selectors
from apps.economy.selectors import statement as statements
from apps.economy.views.requests import SignedInRequest
from apps.economy.views.wallet import filters_of

DOWNLOADS_PER_HOUR = 60


@require_safe
@login_required
@never_cache
def export(request: SignedInRequest) -> StreamingHttpResponse | HttpResponse:
    """Return the filtered entries as CSV."""
    wallet = _wallet(request)
    form = FilterForm(request.GET)
    form.is_valid()
    return _download(_csv(wallet, filters_of(form)), "text/csv; charset=utf-8", f"deltacoin-{timezone.localdate()}.csv")


@require_safe
@login_required
@never_cache
def statement(request: SignedInRequest) -> StreamingHttpResponse | HttpResponse:
    """Return the whole chain, to be checked with verify_statement.py."""
    wallet = _wallet(request)
    return _download(
        statements.statement(wallet), "application/json", f"deltacoin-statement-{timezone.localdate()}.json"
    )


def _wallet(request: SignedInRequest) -> DeltaCrownWallet:
    rate_limit.check("economy.download", key=str(request.user.pk), limit=DOWNLOADS_PER_HOUR, seconds=3600)
    wallet = selectors.wallet_of(request.user)
    if wallet is None:
        raise NotFound("You have no coins yet, so there is nothing to download.")
    return wallet


def _download(parts: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse((part.encode() for part in parts), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(wallet: DeltaCrownWallet, filters: selectors.Filters) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    # The mark tells spreadsheet programs that names and notes are UTF-8.
    yield "\ufeff" + writer.writerow(("entry", "at", "amount_dc", "balance_dc", "reason", "why", "note", "cause"))
    for entry in selectors.all_entries(wallet, filters):
        row = entry.row
        at = timezone.localtime(row.created_at).isoformat(timespec="seconds")
        texts = (row.reason, entry.why, row.note, row.cause)
        yield writer.writerow((row.pk, at, entry.amount, entry.balance_after, *map(plain, texts)))
