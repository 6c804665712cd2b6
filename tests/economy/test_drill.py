"""The drill's client takes a batch for played only when it was committed."""

import pytest
from django.db import OperationalError, connection, connections, transaction

from apps.core.errors import Conflict
from apps.economy.models import DeltaCrownTransaction
from drills.ledger import client
from drills.ledger.acts import Ledger
from drills.ledger.model import Answer, Operation
from tests.teams.people import make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to lose"),
]


def refuse_and_lose_the_connection(**words):
    """Refuse as a service does, with the server gone before the savepoint is rolled back."""
    with transaction.atomic():
        other = connections.create_connection("default")
        with connection.cursor() as mine, other.cursor() as theirs:
            mine.execute("SELECT pg_backend_pid()")
            theirs.execute("SELECT pg_terminate_backend(%s, 5000)", mine.fetchone())
        other.close()
        raise Conflict("Nothing is left to refund.")


def test_a_connection_that_dies_in_a_refusal_is_no_commit(monkeypatch):
    rafi = make_user("rafi")
    ledger = Ledger({0: rafi.profile}, rafi)
    ledger._ids["first"] = 1
    monkeypatch.setattr("drills.ledger.acts.services.refund", refuse_and_lose_the_connection)
    award = (Operation("award", 0, 5, "first"), Answer("done", 5, 5, 1))
    refused = (Operation("refund", 0, 1, "second", target="first"), Answer("Conflict"))

    with pytest.raises(OperationalError, match="lost in a refusal"):
        client._play([award, refused], ledger)

    assert not DeltaCrownTransaction.objects.exists()
