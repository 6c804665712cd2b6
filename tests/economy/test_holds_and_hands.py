"""Holds, changes by hand with their second person, lists, earn rules."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.events import EmailVerified
from apps.core import events
from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.economy import reactions
from apps.economy.constants import Rule
from apps.economy.errors import HoldClosed, KeyReused, NeedsSecondPerson, NotEnoughCoins
from apps.economy.models import CoinPolicy, DeltaCrownTransaction, DeltaCrownWallet, Hold, WalletAdjustment
from apps.economy.selectors.proof import prove
from apps.economy.services import (
    approve_adjustment,
    award,
    bulk_grant,
    capture,
    debit,
    earn,
    hold,
    manual_adjust,
    refuse_adjustment,
    release,
    release_expired_holds,
)
from apps.economy.services.earning import change_policy, earn_complete_profiles
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db


def wallet(user):
    return DeltaCrownWallet.objects.get(profile=user.profile)


def ledger():
    return DeltaCrownTransaction.objects.count()


@pytest.fixture
def rich(rafi):
    """Rafi with 500 DC."""
    award(profile=rafi.profile, amount=500, reason="winner")
    return rafi


@pytest.fixture
def reserved(rich):
    """200 of Rafi's 500 DC are set aside."""
    return hold(profile=rich.profile, amount=200, cause="order:5", idempotency_key="h", actor=rich)


def test_held_coins_count_and_can_not_be_spent(rich, reserved):
    assert (wallet(rich).cached_balance, wallet(rich).held_balance, wallet(rich).available) == (500, 200, 300)

    with pytest.raises(NotEnoughCoins, match="200"):
        debit(profile=rich.profile, amount=301, reason="purchase", actor=rich)
    with pytest.raises(NotEnoughCoins):
        hold(profile=rich.profile, amount=301, cause="order:6", idempotency_key="h2", actor=rich)

    assert (ledger(), Hold.objects.count()) == (1, 1)
    assert hold(profile=rich.profile, amount=200, cause="order:5", idempotency_key="h", actor=rich) == reserved
    with pytest.raises(KeyReused):
        hold(profile=rich.profile, amount=201, cause="order:5", idempotency_key="h", actor=rich)


def test_a_capture_spends_a_part_and_frees_the_rest_once(rich, reserved):
    entry = capture(hold_id=reserved.pk, actor=rich, amount=150)

    assert (entry.amount, entry.cause, entry.reason) == (-150, "order:5", "purchase")
    assert (wallet(rich).cached_balance, wallet(rich).held_balance) == (350, 0)
    assert capture(hold_id=reserved.pk, actor=rich, amount=150) == entry
    with pytest.raises(KeyReused):
        capture(hold_id=reserved.pk, actor=rich, amount=151)
    with pytest.raises(HoldClosed):
        release(hold_id=reserved.pk, actor=rich)
    assert wallet(rich).cached_balance == 350
    assert prove().count == 0


def test_a_hold_of_everything_can_be_captured_whole(rich):
    everything = hold(profile=rich.profile, amount=500, cause="order:6", idempotency_key="all", actor=rich)

    capture(hold_id=everything.pk, actor=rich)

    assert (wallet(rich).cached_balance, wallet(rich).held_balance) == (0, 0)


def test_a_released_hold_is_free_again_and_stays_released(rich, reserved):
    release(hold_id=reserved.pk, actor=rich)
    release(hold_id=reserved.pk, actor=rich)

    assert (wallet(rich).held_balance, ledger()) == (0, 1)
    with pytest.raises(HoldClosed):
        capture(hold_id=reserved.pk, actor=rich)


def test_the_clock_ends_a_hold_before_the_cleaner_does(rich):
    late = hold(
        profile=rich.profile,
        amount=9,
        cause="order:7",
        idempotency_key="late",
        actor=rich,
        lifetime=timedelta(seconds=-1),
    )
    with pytest.raises(HoldClosed):
        capture(hold_id=late.pk, actor=rich)

    assert release_expired_holds() == 1
    assert release_expired_holds() == 0
    assert wallet(rich).held_balance == 0


def adjust(actor, user, amount, key="a", note="Caster"):
    return manual_adjust(actor=actor, profile=user.profile, amount=amount, note=note, idempotency_key=key)


def test_a_superuser_adjusts_with_a_reason_and_it_is_recorded(rafi, nadia):
    done = adjust(nadia, rafi, 300)

    assert (done.state, wallet(rafi).cached_balance) == ("done", 300)
    assert (done.transaction.reason, done.transaction.account, done.transaction.created_by) == (
        "manual_adjust",
        "mint",
        nadia,
    )
    assert AuditEvent.objects.get().new == {"balance": 300}
    assert adjust(nadia, rafi, 300) == done
    with pytest.raises(KeyReused):
        adjust(nadia, rafi, 301)
    with pytest.raises(NotEnoughCoins):
        adjust(nadia, rafi, -301, key="b")
    assert ledger() == 1


@pytest.mark.parametrize("staff", [{}, {"is_staff": True}, {"is_superuser": True}])
def test_nobody_else_adjusts(rafi, staff):
    other = make_user("other", **staff)

    with pytest.raises(PermissionRefused):
        adjust(other, rafi, 5)

    assert not DeltaCrownWallet.objects.exists()


def test_a_large_adjustment_waits_for_a_second_person(rafi, nadia, sadia):
    wish = adjust(nadia, rafi, 10_001)
    assert (wish.state, wallet(rafi).cached_balance) == ("waiting", 0)
    with pytest.raises(NeedsSecondPerson):
        approve_adjustment(actor=nadia, adjustment_id=wish.pk)
    with pytest.raises(PermissionRefused):
        approve_adjustment(actor=rafi, adjustment_id=wish.pk)
    assert wallet(rafi).cached_balance == 0

    done = approve_adjustment(actor=sadia, adjustment_id=wish.pk)

    assert (done.state, done.decided_by, wallet(rafi).cached_balance) == ("done", sadia, 10_001)
    with pytest.raises(Conflict):
        approve_adjustment(actor=sadia, adjustment_id=wish.pk)
    assert wallet(rafi).cached_balance == 10_001
    assert prove().count == 0


def test_small_steps_of_one_person_add_up(rafi, nadia, sadia):
    assert adjust(nadia, rafi, 6_000, key="1").state == "done"
    assert adjust(nadia, rafi, -4_000, key="2").state == "done"
    assert adjust(nadia, rafi, 1, key="3").state == "waiting"
    assert adjust(sadia, rafi, 1, key="4").state == "done"


def test_a_refused_adjustment_moves_nothing(rafi, nadia, sadia):
    wish = adjust(nadia, rafi, 20_000)

    assert refuse_adjustment(actor=sadia, adjustment_id=wish.pk).state == "refused"

    assert (ledger(), WalletAdjustment.objects.get().decided_by) == (0, sadia)


LIST = "username,amount,reason,note\nrafi,500,winner,Dhaka Open\nMIM,20,participation,\n"


def test_a_list_pays_everyone_once(rafi, mim, nadia):
    dry = bulk_grant(actor=nadia, text=LIST, dry_run=True)
    assert (dry.problems, dry.coins, dry.paid, ledger()) == ([], 520, 0, 0)

    assert bulk_grant(actor=nadia, text=LIST, dry_run=False).paid == 2
    again = bulk_grant(actor=nadia, text=LIST, dry_run=False)

    assert (again.paid, [line.paid_before for line in again.lines]) == (0, [True, True])
    assert (wallet(rafi).cached_balance, wallet(mim).cached_balance, ledger()) == (500, 20, 2)
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["wallet.bulk_granted"]


@pytest.mark.parametrize(
    "line",
    ["nobody,5,winner,", "rafi,0,winner,", "rafi,1.5,winner,", "rafi,5,gift,", "rafi,5,winner,a,b", "mim,5,winner,"],
)
def test_one_wrong_line_pays_nobody(rafi, mim, nadia, line):
    grant = bulk_grant(actor=nadia, text=f"{LIST}{line}\n", dry_run=False)

    assert [problem.number for problem in grant.problems] == [4]
    assert ledger() == 0


@pytest.mark.parametrize("text", ["", "name,coins\nrafi,5", "username,amount,reason,note\n"])
def test_what_is_no_list_is_refused(nadia, text):
    with pytest.raises(DomainError):
        bulk_grant(actor=nadia, text=text, dry_run=False)


def test_only_superusers_pay_lists(rafi):
    with pytest.raises(PermissionRefused):
        bulk_grant(actor=rafi, text=LIST, dry_run=True)


def policy(rule, **values):
    return CoinPolicy.objects.update_or_create(rule=rule, defaults={"amount": 25, "is_active": True, **values})[0]


def test_an_earn_rule_pays_once_also_when_its_amount_changes(rafi):
    policy(Rule.EMAIL_VERIFIED)
    first = earn(profile=rafi.profile, rule=Rule.EMAIL_VERIFIED)
    policy(Rule.EMAIL_VERIFIED, amount=99)

    assert earn(profile=rafi.profile, rule=Rule.EMAIL_VERIFIED) == first
    assert (first.amount, first.reason, first.cause, ledger()) == (25, "earn", "rule:email_verified", 1)


def test_a_cap_counts_within_its_window(rafi):
    policy(Rule.REVIEW_WRITTEN, amount=10, cap=2, window="month")

    paid = [earn(profile=rafi.profile, rule=Rule.REVIEW_WRITTEN, occasion=f"review:{number}") for number in range(4)]

    assert [entry is not None for entry in paid] == [True, True, False, False]
    assert wallet(rafi).cached_balance == 20


def test_a_rule_that_is_off_pays_nothing(rafi):
    policy(Rule.FIRST_TEAM, is_active=False)

    assert earn(profile=rafi.profile, rule=Rule.FIRST_TEAM) is None
    assert ledger() == 0


def test_a_confirmed_address_and_a_first_team_pay(rafi, django_capture_on_commit_callbacks):
    policy(Rule.EMAIL_VERIFIED)
    policy(Rule.FIRST_TEAM, amount=50)
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(EmailVerified(user_id=rafi.pk))
        events.publish(EmailVerified(user_id=rafi.pk))

    class Joined:
        profile_id = rafi.profile.pk

    with django_capture_on_commit_callbacks(execute=True):
        reactions.on_team_joined(Joined())
        reactions.on_team_joined(Joined())

    assert sorted(DeltaCrownTransaction.objects.values_list("cause", "amount")) == [
        ("rule:email_verified", 25),
        ("rule:first_team", 50),
    ]


def test_a_complete_profile_pays_once(rafi, mim, monkeypatch):
    from apps.economy.services import earning

    class Complete:
        missing = ()

    class Incomplete:
        missing = ("bio",)

    monkeypatch.setattr(earning, "completeness_of", lambda profile: Complete if profile == rafi.profile else Incomplete)
    policy(Rule.PROFILE_COMPLETED, amount=50)
    since = timezone.now() - timedelta(hours=1)

    assert earn_complete_profiles(since=since) == 1
    assert earn_complete_profiles(since=since) == 0
    assert wallet(rafi).cached_balance == 50
    assert not DeltaCrownWallet.objects.filter(profile=mim.profile).exists()


def test_staff_change_what_a_rule_pays_and_it_is_recorded(rafi, nadia):
    rule = policy(Rule.WINNER, amount=500)
    given = {"policy_id": rule.pk, "amount": 600, "cap": rule.cap, "window": rule.window, "is_active": True}
    with pytest.raises(PermissionRefused):
        change_policy(actor=rafi, **given)
    with pytest.raises(DomainError):
        change_policy(actor=nadia, **{**given, "cap": 0})

    change_policy(actor=nadia, **given)

    rule.refresh_from_db()
    assert rule.amount == 600
    assert (AuditEvent.objects.get().old, AuditEvent.objects.get().new) == ({"amount": 500}, {"amount": 600})
