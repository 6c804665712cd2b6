"""Coins in, coins out, from player to player and back."""

import pytest
from django.db import transaction

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.economy.errors import AlreadyCorrected, KeyReused, NotEnoughCoins
from apps.economy.events import CoinsMoved
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from apps.economy.services import award, correct, debit, refund, transfer
from apps.notifications.models import Notification
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db


def balance(user):
    return DeltaCrownWallet.objects.get(profile=user.profile).cached_balance


def ledger():
    return DeltaCrownTransaction.objects.count()


@pytest.fixture
def rich(rafi):
    """Rafi with 500 DC."""
    award(profile=rafi.profile, amount=500, reason="winner", tournament_id=7)
    return rafi


def test_an_award_makes_the_wallet_and_names_both_sides(rafi, nadia):
    entry = award(
        profile=rafi.profile, amount=500, reason="winner", actor=nadia, note="Dhaka Open", tournament_id=7, match_id=9
    )

    assert balance(rafi) == 500
    entry.refresh_from_db()
    assert (entry.account, entry.amount, entry.balance_after, entry.sequence) == ("rewards", 500, 500, 1)
    assert (entry.tournament_id, entry.registration_id, entry.match_id) == (7, None, 9)
    assert (entry.note, entry.created_by, entry.previous_hash) == ("Dhaka Open", nadia, "")
    assert prove().count == 0


def test_entries_are_a_chain(rich):
    first = DeltaCrownTransaction.objects.get()
    second = debit(profile=rich.profile, amount=120, reason="purchase", actor=rich)

    assert (second.amount, second.balance_after, second.sequence) == (-120, 380, 2)
    assert second.previous_hash == first.hash != second.hash
    wallet = DeltaCrownWallet.objects.get()
    assert (wallet.entries, wallet.head_hash) == (2, second.hash)


@pytest.mark.parametrize("amount", [0, -5, 1.5, True, "7", None, 10**12])
def test_amounts_are_whole_and_positive(rafi, amount):
    with pytest.raises(DomainError) as refusal:
        award(profile=rafi.profile, amount=amount, reason="winner")

    assert refusal.value.field == "amount"
    assert ledger() == 0


@pytest.mark.parametrize("reason", ["purchase", "manual_adjust", "correction", "transfer", "refund", "gift", ""])
def test_an_award_has_a_reason_of_its_own(rafi, reason):
    with pytest.raises(DomainError) as refusal:
        award(profile=rafi.profile, amount=5, reason=reason)

    assert refusal.value.field == "reason"
    assert ledger() == 0


@pytest.mark.parametrize("wrong", [{"note": "a\nb"}, {"note": "x" * 201}, {"cause": "a\tb"}, {"idempotency_key": ""}])
def test_texts_are_single_lines(rafi, wrong):
    with pytest.raises(DomainError):
        award(profile=rafi.profile, amount=5, reason="winner", **wrong)

    assert ledger() == 0


def test_what_is_not_there_can_not_be_spent(rich):
    with pytest.raises(NotEnoughCoins, match="501"):
        debit(profile=rich.profile, amount=501, reason="purchase", actor=rich)

    assert (balance(rich), ledger()) == (500, 1)


def test_the_same_key_and_content_give_the_first_answer(rafi):
    first = award(profile=rafi.profile, amount=20, reason="participation", tournament_id=7, idempotency_key="k")
    again = award(profile=rafi.profile, amount=20, reason="participation", tournament_id=7, idempotency_key="k")

    assert again == first
    assert (balance(rafi), ledger()) == (20, 1)


@pytest.mark.parametrize(
    "other",
    [{"amount": 21}, {"reason": "winner"}, {"tournament_id": 8}, {"note": "x"}, {"match_id": 7}, {"cause": "a:1"}],
)
def test_the_same_key_for_something_else_is_refused(rafi, other):
    asked = {
        "profile": rafi.profile,
        "amount": 20,
        "reason": "participation",
        "tournament_id": 7,
        "idempotency_key": "k",
    }
    award(**asked)

    with pytest.raises(KeyReused):
        award(**{**asked, **other})

    assert (balance(rafi), ledger()) == (20, 1)


def test_the_same_key_for_somebody_else_is_refused(rafi, mim):
    award(profile=rafi.profile, amount=20, reason="promotion", idempotency_key="k")

    with pytest.raises(KeyReused):
        award(profile=mim.profile, amount=20, reason="promotion", idempotency_key="k")

    assert ledger() == 1


def test_an_award_goes_with_the_transaction_of_its_caller(rafi):
    def reserve_and_fail():
        with transaction.atomic():
            award(profile=rafi.profile, amount=20, reason="promotion")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        reserve_and_fail()

    assert ledger() == 0
    assert not DeltaCrownWallet.objects.exists()


def test_an_account_that_was_never_confirmed_gets_no_coins(db):
    stranger = make_user("stranger", verified=False)

    with pytest.raises(Conflict, match="not confirmed"):
        award(profile=stranger.profile, amount=20, reason="promotion")

    assert not DeltaCrownWallet.objects.exists()


def test_a_transfer_is_one_row_with_both_wallets(rich, mim):
    entry = transfer(actor=rich, sender=rich.profile, recipient=mim.profile, amount=200)

    assert (balance(rich), balance(mim)) == (300, 200)
    assert (entry.amount, entry.balance_after, entry.counter_balance_after) == (-200, 300, 200)
    assert (entry.account, entry.counter_wallet.profile, entry.counter_sequence) == ("", mim.profile, 1)
    assert prove().count == 0


def test_only_the_owner_sends_coins_and_not_to_themselves(rich, mim):
    with pytest.raises(PermissionRefused):
        transfer(actor=mim, sender=rich.profile, recipient=mim.profile, amount=1)
    with pytest.raises(DomainError):
        transfer(actor=rich, sender=rich.profile, recipient=rich.profile, amount=1)
    with pytest.raises(NotEnoughCoins):
        transfer(actor=rich, sender=rich.profile, recipient=mim.profile, amount=501)

    assert (balance(rich), ledger()) == (500, 1)


def test_a_refund_gives_back_once_and_never_more_than_was_paid(rich):
    bought = debit(profile=rich.profile, amount=100, reason="purchase", actor=rich, cause="order:5")

    part = refund(transaction_id=bought.pk, actor=None, amount=30, idempotency_key="part")
    assert (part.origin, part.cause, balance(rich)) == (bought, "order:5", 430)
    assert refund(transaction_id=bought.pk, actor=None, amount=30, idempotency_key="part") == part
    with pytest.raises(Conflict, match="70 DC"):
        refund(transaction_id=bought.pk, actor=None, amount=71)
    rest = refund(transaction_id=bought.pk, actor=None, idempotency_key="rest")
    assert (rest.amount, balance(rich)) == (70, 500)
    assert refund(transaction_id=bought.pk, actor=None, idempotency_key="rest") == rest
    with pytest.raises(Conflict):
        refund(transaction_id=bought.pk, actor=None)

    assert (balance(rich), ledger()) == (500, 4)
    assert prove().count == 0


def test_only_payments_are_refunded(rich):
    with pytest.raises(Conflict):
        refund(transaction_id=DeltaCrownTransaction.objects.get().pk, actor=None)
    with pytest.raises(NotFound):
        refund(transaction_id=10**9, actor=None)

    assert ledger() == 1


def test_a_correction_is_the_opposite_entry_once(rich, nadia):
    wrong = DeltaCrownTransaction.objects.get()

    undone = correct(actor=nadia, transaction_id=wrong.pk, note="Wrong player", idempotency_key="c")

    assert (undone.amount, undone.account, undone.origin, balance(rich)) == (-500, "corrections", wrong, 0)
    assert correct(actor=nadia, transaction_id=wrong.pk, note="Wrong player", idempotency_key="c") == undone
    with pytest.raises(AlreadyCorrected):
        correct(actor=nadia, transaction_id=wrong.pk, note="Again")
    with pytest.raises(Conflict):
        correct(actor=nadia, transaction_id=undone.pk, note="Undo the undoing")
    assert ledger() == 2
    assert list(AuditEvent.objects.values_list("action", "actor_id")) == [("wallet.entry_corrected", nadia.pk)]
    assert prove().count == 0


def test_a_corrected_transfer_goes_back_to_its_sender(rich, mim, nadia):
    sent = transfer(actor=rich, sender=rich.profile, recipient=mim.profile, amount=200)

    correct(actor=nadia, transaction_id=sent.pk, note="Sent to the wrong player")

    assert (balance(rich), balance(mim)) == (500, 0)
    assert prove().count == 0


def test_a_correction_needs_a_superuser_a_reason_and_the_coins(rich, nadia):
    wrong = DeltaCrownTransaction.objects.get()
    with pytest.raises(PermissionRefused):
        correct(actor=rich, transaction_id=wrong.pk, note="Mine")
    with pytest.raises(DomainError):
        correct(actor=nadia, transaction_id=wrong.pk, note="  ")
    debit(profile=rich.profile, amount=1, reason="purchase", actor=rich)
    with pytest.raises(NotEnoughCoins):
        correct(actor=nadia, transaction_id=wrong.pk, note="Too late")

    assert (balance(rich), ledger()) == (499, 2)


def test_a_refunded_payment_is_neither_corrected_nor_a_corrected_one_refunded(rich, nadia):
    first = debit(profile=rich.profile, amount=100, reason="purchase", actor=rich)
    refund(transaction_id=first.pk, actor=None, amount=1)
    with pytest.raises(Conflict):
        correct(actor=nadia, transaction_id=first.pk, note="x")
    second = debit(profile=rich.profile, amount=100, reason="purchase", actor=rich)
    correct(actor=nadia, transaction_id=second.pk, note="x")
    with pytest.raises(Conflict):
        refund(transaction_id=second.pk, actor=None)

    assert balance(rich) == 401


def test_players_are_told_what_came_in_once(rafi, mim, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        entry = award(profile=rafi.profile, amount=500, reason="winner")
        sent = transfer(actor=rafi, sender=rafi.profile, recipient=mim.profile, amount=200)
        debit(profile=rafi.profile, amount=10, reason="purchase", actor=rafi)

    told = Notification.objects.order_by("pk").values_list("recipient__username", "title", "body", "url")
    assert list(told) == [
        ("rafi", "500 DC for you", "You won a tournament. Your balance is 500\xa0DC.", entry.get_absolute_url()),
        (
            "mim",
            "200 DC for you",
            "Another player sent you coins. Your balance is 200\xa0DC.",
            sent.get_absolute_url(),
        ),
    ]


def test_higher_apps_hear_of_every_movement(rafi, monkeypatch):
    from apps.core import events

    seen = []
    monkeypatch.setattr(events, "publish", seen.append)

    entry = award(profile=rafi.profile, amount=500, reason="winner")

    assert seen == [CoinsMoved(entry.pk, rafi.profile.pk, 500, "winner")]


def test_an_award_takes_the_lock_the_entry_and_the_job(rafi, django_assert_num_queries):
    award(profile=rafi.profile, amount=1, reason="promotion")

    # Wallet under lock, entry (it looks for the key, and its trigger moves the balance), job.
    with django_assert_num_queries(3):
        award(profile=rafi.profile, amount=1, reason="promotion", idempotency_key="once")
    # Wallet under lock, the entry that is not written, the one that the key led to.
    with django_assert_num_queries(3):
        award(profile=rafi.profile, amount=1, reason="promotion", idempotency_key="once")


def test_a_refusal_leaves_the_callers_transaction_usable(rich):
    with transaction.atomic():
        with pytest.raises(NotEnoughCoins):
            debit(profile=rich.profile, amount=501, reason="purchase", actor=rich)
        award(profile=rich.profile, amount=5, reason="promotion", idempotency_key="taken")
        with pytest.raises(KeyReused):
            award(profile=rich.profile, amount=6, reason="promotion", idempotency_key="taken")
        award(profile=rich.profile, amount=7, reason="promotion")

    assert balance(rich) == 512
    assert prove().count == 0


def test_a_repeated_payment_answers_also_when_the_coins_are_gone(rich):
    first = debit(profile=rich.profile, amount=500, reason="purchase", actor=rich, idempotency_key="order:1")

    assert debit(profile=rich.profile, amount=500, reason="purchase", actor=rich, idempotency_key="order:1") == first
    assert balance(rich) == 0


def test_a_transfer_takes_as_many_statements_however_rich_both_are(rich, mim, django_assert_num_queries):
    award(profile=mim.profile, amount=1, reason="promotion", tell=False)

    # Savepoint, whose wallets, both under lock, entry, job, savepoint.
    with django_assert_num_queries(6):
        transfer(actor=rich, sender=rich.profile, recipient=mim.profile, amount=5)
