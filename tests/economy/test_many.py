"""Awards for many at once: the same entries as one by one, in as many statements for forty as for two."""

import pytest
from django.db import connection

from apps.core.errors import DomainError
from apps.economy.errors import KeyReused
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from apps.economy.services import Payment, award, award_many, correct, debit
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db


def payment(user, key, amount=50, reason="winner", **references):
    return Payment(profile_id=user.profile.pk, amount=amount, reason=reason, key=key, **references)


def balances():
    return dict(DeltaCrownWallet.objects.values_list("profile__user__username", "cached_balance"))


def test_all_are_paid_in_one_go_and_their_chains_hold(rafi, mim):
    award(profile=rafi.profile, amount=7, reason="promotion", tell=False)

    outcome = award_many(
        [payment(rafi, "a"), payment(mim, "b", 20), payment(rafi, "c", 5, "participation")], actor=None
    )

    assert [(entry.amount, entry.sequence, entry.balance_after) for entry in outcome.paid] == [
        (50, 2, 57),
        (20, 1, 20),
        (5, 3, 62),
    ]
    assert balances() == {"rafi": 62, "mim": 20}
    assert prove().count == 0


def test_one_by_one_and_together_are_the_same_award(rafi):
    facts = {"note": "Dhaka Open", "cause": "result:5", "tournament_id": 7, "registration_id": 5}
    single = award(profile=rafi.profile, amount=50, reason="winner", idempotency_key="a", tell=False, **facts)

    assert award_many([payment(rafi, "a", **facts)], actor=None).paid == []
    [together] = award_many([payment(rafi, "b", **facts)], actor=None).paid

    assert award(profile=rafi.profile, amount=50, reason="winner", idempotency_key="b", **facts) == together
    assert DeltaCrownTransaction.objects.count() == 2
    assert single.account == together.account == "rewards"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({"amount": 51}, KeyReused), ({"reason": "purchase"}, DomainError), ({"amount": -5}, DomainError)],
)
def test_one_that_is_not_possible_pays_nobody(rafi, mim, change, refusal):
    award_many([payment(rafi, "a")], actor=None)
    with pytest.raises(refusal):
        award_many([payment(mim, "b"), payment(rafi, "a", **change)], actor=None)
    assert balances() == {"rafi": 50}


def test_two_payments_with_one_key_are_refused(rafi, mim):
    with pytest.raises(DomainError, match="the same key"):
        award_many([payment(rafi, "a"), payment(mim, "a")], actor=None)
    assert balances() == {}


def test_what_was_wrong_is_taken_back_once_after_what_is_new(rafi, nadia):
    [wrong] = award_many([payment(rafi, "a")], actor=None).paid
    debit(profile=rafi.profile, amount=40, reason="purchase", actor=rafi)

    outcome = award_many([payment(rafi, "b", 60)], actor=nadia, take_back=[wrong.pk], note="Corrected.")
    again = award_many([], actor=nadia, take_back=[wrong.pk])

    [back] = outcome.taken_back
    assert (back.amount, back.origin, back.reason, back.account, back.note, back.created_by) == (
        -50, wrong, "correction", "corrections", "Corrected.", nadia,
    )  # fmt: skip
    assert (again.taken_back, again.spent, balances(), prove().count) == ([], [], {"rafi": 20}, 0)


def test_what_was_spent_is_left_and_named(rafi):
    [wrong] = award_many([payment(rafi, "a")], actor=None).paid
    debit(profile=rafi.profile, amount=10, reason="purchase", actor=rafi)

    outcome = award_many([], actor=None, take_back=[wrong.pk])

    assert (outcome.taken_back, outcome.spent, balances()) == ([], [wrong], {"rafi": 40})


def test_what_was_corrected_by_hand_is_not_taken_back_again(rafi, nadia):
    [wrong] = award_many([payment(rafi, "a")], actor=None).paid
    correct(actor=nadia, transaction_id=wrong.pk, note="Mistake")

    assert award_many([], actor=None, take_back=[wrong.pk]).taken_back == []
    assert balances() == {"rafi": 0}


def test_only_awards_are_taken_back(rafi):
    award(profile=rafi.profile, amount=50, reason="winner", tell=False)
    paid = debit(profile=rafi.profile, amount=10, reason="purchase", actor=rafi)
    with pytest.raises(DomainError, match="Only awards"):
        award_many([], actor=None, take_back=[paid.pk])


def test_an_account_that_was_never_confirmed_gets_no_wallet(rafi):
    unsure = make_user("unsure", verified=False)

    outcome = award_many([payment(rafi, "a"), payment(unsure, "b")], actor=None)

    assert (outcome.unconfirmed, balances()) == ({unsure.profile.pk}, {"rafi": 50})


def test_forty_cost_as_many_statements_as_two(db, django_assert_num_queries):
    def payments(count):
        return [payment(make_user(), f"{count}:{number}") for number in range(count)]

    # Savepoint and release twice, wallets known, who is not confirmed, making and reading wallets, locking them,
    # known keys, entries.
    for count in (2, 40):
        asked = payments(count)
        with django_assert_num_queries(11):
            award_many(asked, actor=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_eight_at_once_pay_once_in_whatever_order_they_name_the_players(db):
    people = [make_user() for _ in range(6)]
    payments = [payment(user, f"once:{user.pk}") for user in people]

    ended = at_once(*[lambda turn=turn: award_many(payments[turn:] + payments[:turn], actor=None) for turn in range(6)])

    assert ended == {"done": 6}
    assert set(balances().values()) == {50}
    assert (DeltaCrownTransaction.objects.count(), prove().count) == (6, 0)
