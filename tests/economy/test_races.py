"""Fifty at once on one wallet, on real connections: exactly right, and nobody gets an error page."""

import pytest
from django.db import connection

from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from apps.economy.services import award, capture, debit, hold, manual_adjust, refund, release, transfer
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def balance(user):
    return DeltaCrownWallet.objects.get(profile=user.profile).cached_balance


@pytest.fixture
def rich(rafi):
    """Rafi with 100 DC."""
    award(profile=rafi.profile, amount=100, reason="winner", tell=False)
    return rafi


def test_fifty_awards_on_a_wallet_that_does_not_exist_yet_all_arrive(rafi):
    assert at_once(*[lambda: award(profile=rafi.profile, amount=3, reason="promotion", tell=False)] * 50) == {
        "done": 50
    }

    assert balance(rafi) == 150
    assert sorted(DeltaCrownTransaction.objects.values_list("sequence", flat=True)) == list(range(1, 51))
    assert prove().count == 0


def test_fifty_debits_take_what_is_there_and_not_more(rich):
    ended = at_once(*[lambda: debit(profile=rich.profile, amount=7, reason="purchase", actor=rich)] * 50)

    assert ended == {"done": 14, "NotEnoughCoins": 36}
    assert balance(rich) == 2
    assert prove().count == 0


def test_the_same_key_fifty_times_is_one_entry(rafi):
    entries = []

    def ask():
        entries.append(award(profile=rafi.profile, amount=5, reason="promotion", idempotency_key="once", tell=False).pk)

    assert at_once(*[ask] * 50) == {"done": 50}

    assert (len(entries), len(set(entries)), balance(rafi)) == (50, 1, 5)


def test_one_key_for_ten_players_at_once_pays_one_of_them(db):
    players = [make_user() for _ in range(10)]

    ended = at_once(
        *[
            lambda player=player: award(
                profile=player.profile, amount=5, reason="promotion", idempotency_key="shared", tell=False
            )
            for player in players
        ]
    )

    assert ended == {"done": 1, "KeyReused": 9}
    assert DeltaCrownTransaction.objects.count() == 1


def test_transfers_both_ways_at_once_do_not_lock_each_other_out(rich, mim):
    award(profile=mim.profile, amount=100, reason="winner", tell=False)

    def there():
        transfer(actor=rich, sender=rich.profile, recipient=mim.profile, amount=2)

    def back():
        transfer(actor=mim, sender=mim.profile, recipient=rich.profile, amount=3)

    assert at_once(*[there, back] * 12) == {"done": 24}

    assert (balance(rich), balance(mim)) == (112, 88)
    assert prove().count == 0


def test_a_payment_refunded_ten_times_at_once_comes_back_once(rich):
    bought = debit(profile=rich.profile, amount=60, reason="purchase", actor=rich)

    assert at_once(*[lambda: refund(transaction_id=bought.pk, actor=None, tell=False)] * 10) == {
        "done": 1,
        "Conflict": 9,
    }

    assert balance(rich) == 100


def test_a_hold_captured_and_released_at_once_ends_as_one_of_them(rich):
    held = hold(profile=rich.profile, amount=60, cause="order:1", idempotency_key="h", actor=rich)

    ended = at_once(*[lambda: capture(hold_id=held.pk, actor=rich), lambda: release(hold_id=held.pk, actor=rich)] * 4)

    held.refresh_from_db()
    assert ended == {"done": 4, "HoldClosed": 4}
    assert balance(rich) == (40 if held.state == "captured" else 100)
    assert prove().count == 0


def test_one_form_sent_ten_times_at_once_adjusts_once(rafi, nadia):
    def send():
        manual_adjust(actor=nadia, profile=rafi.profile, amount=5, note="Caster", idempotency_key="form")

    assert at_once(*[send] * 10) == {"done": 10}

    assert balance(rafi) == 5
