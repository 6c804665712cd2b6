"""A ledger that was wrong when it was backed up: the set's proof says so, and a restore brings the site back first."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.core.models import Job
from apps.economy.models import DeltaCrownWallet, LedgerAudit
from apps.economy.services import award
from tests.core.backup_case import places, run
from tests.teams.people import make_user

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WALLET = DeltaCrownWallet._meta.db_table


def test_a_faulty_ledger_fails_the_proof_and_is_no_reason_to_stay_without_a_site(places: Path) -> None:
    award(profile=make_user("rafi").profile, amount=500, reason="winner", note="Dhaka Open", tournament_id=7)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {WALLET} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {WALLET} SET cached_balance = 501")
        cursor.execute(f"ALTER TABLE {WALLET} ENABLE TRIGGER USER")
    made = run("backup", "database")["id"]

    with pytest.raises(CommandError, match="was wrong already: Ledger, row"):
        call_command("backup", "verify", made)

    run("restore", made, "--yes")
    assert DeltaCrownWallet.objects.get().cached_balance == 501
    assert Job.objects.get(name="economy.audit_ledger").state == "succeeded"  # in tests a job runs where it was made
    assert LedgerAudit.objects.get().faults == 1
