"""Random operations on the ledger, each answer compared with a model. ``python -m drills.ledger`` is the long form."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from apps.economy.models import DeltaCrownWallet
from apps.economy.selectors.proof import prove
from drills.ledger.acts import Ledger
from drills.ledger.model import DONE, Model, Operation, Wallet
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db

WALLETS = 3
wallets = st.integers(0, WALLETS - 1)
amounts = st.one_of(st.integers(1, 300), st.sampled_from([0, -1, 4_000, 9_999, 10**9 + 1]))
keys = st.integers(0, 40).map("k{}".format)  # few, so that keys meet again


class LedgerMachine(RuleBasedStateMachine):
    """Each example plays in a transaction that is rolled back."""

    payments = Bundle("payments")
    holds = Bundle("holds")

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        profiles = {number: make_user().profile for number in range(WALLETS)}
        self.ledger = Ledger(profiles, make_user(is_staff=True, is_superuser=True))
        self.model = Model({number: Wallet() for number in range(WALLETS)})

    def teardown(self):
        assert prove().count == 0
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def play(self, *words, **more):
        operation = Operation(*words, **more)
        expected = self.model.expect(operation)
        assert self.ledger.perform(operation) == expected
        return expected.outcome == DONE

    @rule(who=wallets, amount=amounts, key=keys, target=payments)
    def award(self, who, amount, key):
        return key if self.play("award", who, amount, key) else multiple()

    @rule(who=wallets, amount=amounts, key=keys, target=payments)
    def debit(self, who, amount, key):
        return key if self.play("debit", who, amount, key) else multiple()

    @rule(who=wallets, other=wallets, amount=amounts, key=keys, target=payments)
    def transfer(self, who, other, amount, key):
        return key if self.play("transfer", who, amount, key, other=other) else multiple()

    @rule(who=wallets, amount=amounts, sign=st.sampled_from([1, -1]), key=keys)
    def adjust(self, who, amount, sign, key):
        self.play("adjust", who, sign * amount, key)

    @rule(who=wallets, amount=amounts, key=keys, target=holds)
    def hold(self, who, amount, key):
        return key if self.play("hold", who, amount, key) else multiple()

    @rule(of=holds, amount=amounts, target=payments)
    def capture(self, of, amount):
        key = f"capture {of}"
        return key if self.play("capture", self.model.holds[of].who, amount, key, target=of) else multiple()

    @rule(of=holds)
    def release(self, of):
        self.play("release", self.model.holds[of].who, 0, f"release {of}", target=of)

    @rule(of=payments, amount=amounts, key=keys, target=payments)
    def refund(self, of, amount, key):
        return key if self.play("refund", self.model.entries[of].who, amount, key, target=of) else multiple()

    @rule(of=payments, key=keys, target=payments)
    def correct(self, of, key):
        return key if self.play("correct", self.model.entries[of].who, 0, key, target=of) else multiple()

    @invariant()
    def balances_are_those_of_the_model(self):
        stored = DeltaCrownWallet.objects.in_bulk(field_name="profile_id")
        for number, wallet in self.model.wallets.items():
            row = stored.get(self.ledger.profiles[number].pk, DeltaCrownWallet())
            assert (row.cached_balance, row.held_balance, row.entries) == (wallet.balance, wallet.held, wallet.entries)


def test_random_operations_answer_as_the_model_does():
    # The same ones each time: the drill looks for new ones. How long they take is a property of the machine.
    chosen = settings(
        max_examples=15,
        stateful_step_count=30,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(LedgerMachine, settings=chosen)
