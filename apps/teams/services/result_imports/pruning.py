"""What is kept of files of results, and for how long."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.teams.models import ResultImport, ResultImportLine

State = ResultImport.State
UNCONFIRMED_FOR = timedelta(days=7)
LINES_FOR = timedelta(days=90)
AT_ONCE = 50


@transaction.atomic
def prune_imports() -> int:
    """Delete files that nobody confirmed for a week, and lines after 90 days. Return how many files it was about.

    What was recorded stays told by the results, the ledger and the audit trail.
    """
    now = timezone.now()
    left = ResultImport.objects.filter(
        state__in=[State.CHECKING, State.CHECKED, State.REFUSED, State.DISCARDED],
        created_at__lt=now - UNCONFIRMED_FOR,
    )
    old = ResultImport.objects.filter(state=State.DONE, finished_at__lt=now - LINES_FOR, rows__isnull=False)
    # A second run at once takes other files, or none.
    abandoned = list(_locked(left.values_list("pk", flat=True)))
    ResultImport.objects.filter(pk__in=abandoned).delete()
    finished = list(_locked(ResultImport.objects.filter(pk__in=old.values("pk")).values_list("pk", flat=True)))
    ResultImportLine.objects.filter(source__in=finished).delete()
    return len(abandoned) + len(finished)


def _locked(ids: QuerySet[ResultImport, int]) -> QuerySet[ResultImport, int]:
    return ids.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE]
