"""A wallet's entries as its owner reads them: each movement seen from their side."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from apps.accounts.models import User
from apps.core import slots
from apps.corelib.charts import Datum
from apps.corelib.figures import coins
from apps.economy.constants import Account, Reason, Rule
from apps.economy.models import CoinPolicy, DeltaCrownTransaction, DeltaCrownWallet

PAGE_SIZE = 30
CHART_DAYS = 30
RULE_WORDS = {
    Rule.PROFILE_COMPLETED: "Your profile is complete",
    Rule.EMAIL_VERIFIED: "You confirmed your e-mail address",
    Rule.FIRST_TEAM: "You joined your first team",
    Rule.WEEKLY_TOP_TEN: "A week in a top-ten team",
    Rule.REVIEW_WRITTEN: "You reviewed something you bought",
}
PAID_RULES = tuple(RULE_WORDS)
REASON_WORDS = {
    Reason.PARTICIPATION: "You took part in a tournament",
    Reason.TOP4: "You reached the top four",
    Reason.RUNNER_UP: "You finished second",
    Reason.WINNER: "You won a tournament",
    Reason.ENTRY_FEE_DEBIT: "Entry fee of a tournament",
    Reason.PURCHASE: "You bought something",
    Reason.PROMOTION: "A promotion",
    Reason.EARN: "You earned coins",
}


@dataclass(frozen=True)
class Filters:
    """What someone looks for. Empty means "any"."""

    way: str = ""
    reason: str = ""
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.way or self.reason or self.since or self.until)


@dataclass(frozen=True)
class Entry:
    """One movement seen from one wallet."""

    row: DeltaCrownTransaction
    wallet_id: int
    amount: int
    balance_after: int
    sequence: int
    previous_hash: str
    hash: str
    counterpart: str

    @property
    def why(self) -> str:
        return in_words(self.row, self.wallet_id)

    @property
    def other_side(self) -> str:
        return Account(self.row.account).label if self.row.account else "Another player's wallet"


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    older: int | None


def seen_from(row: DeltaCrownTransaction, wallet_id: int) -> Entry:
    """Turn the row so that ``wallet_id`` is "my side"."""
    if row.wallet_id == wallet_id:
        counterpart = f"wallet:{row.counter_wallet_id}" if row.counter_wallet_id else row.account
        return Entry(
            row, wallet_id, row.amount, row.balance_after, row.sequence, row.previous_hash, row.hash, counterpart
        )
    return Entry(
        row,
        wallet_id,
        -row.amount,
        row.counter_balance_after or 0,
        row.counter_sequence or 0,
        row.counter_previous_hash,
        row.counter_hash,
        f"wallet:{row.wallet_id}",
    )


def in_words(row: DeltaCrownTransaction, wallet_id: int) -> str:
    """Say why the balance of ``wallet_id`` changed, in one sentence without its note."""
    mine = row.amount if row.wallet_id == wallet_id else -row.amount
    kind, _, which = row.cause.partition(":")
    if kind == "rule" and which in RULE_WORDS:
        return RULE_WORDS[Rule(which)]
    if row.reason == Reason.TRANSFER:
        return "Another player sent you coins" if mine > 0 else "You sent coins to another player"
    if row.reason == Reason.REFUND:
        return "You got back what you paid" if mine > 0 else "A payment went back"
    if row.reason == Reason.MANUAL_ADJUST:
        return "Staff added coins" if mine > 0 else "Staff took coins"
    if row.reason == Reason.CORRECTION:
        return f"Entry {row.origin_id} was wrong and is undone"
    return REASON_WORDS[Reason(row.reason)]


def wallet_of(user: User) -> DeltaCrownWallet | None:
    """Return the wallet; None before the first coins."""
    return DeltaCrownWallet.objects.filter(profile__user=user).first()


def page(wallet: DeltaCrownWallet, filters: Filters, *, before: int | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page, newest first, of entries with a sequence below ``before``.

    Two reads of ``size`` rows, each along its index, instead of one with OR, which would sort all rows of a wallet.
    """
    rows = [entry for side in _sides(wallet, filters, before) for entry in side[: size + 1]]
    entries = sorted((seen_from(row, wallet.pk) for row in rows), key=lambda entry: -entry.sequence)
    more = len(entries) > size
    entries = entries[:size]
    return Page(entries, entries[-1].sequence if more else None)


def all_entries(wallet: DeltaCrownWallet, filters: Filters | None = None) -> Iterator[Entry]:
    """Return every entry, newest first, a page at a time: a long history is never in memory."""
    before: int | None = None
    while True:
        part = page(wallet, filters or Filters(), before=before, size=500)
        yield from part.entries
        if part.older is None:
            return
        before = part.older


def _sides(wallet: DeltaCrownWallet, filters: Filters, before: int | None) -> list[QuerySet[DeltaCrownTransaction]]:
    common = Q()
    if filters.reason:
        common &= Q(reason=filters.reason)
    zone = timezone.get_current_timezone()
    if filters.since:
        common &= Q(created_at__gte=datetime.combine(filters.since, time.min, tzinfo=zone))
    if filters.until:
        common &= Q(created_at__lt=datetime.combine(filters.until + timedelta(days=1), time.min, tzinfo=zone))
    sides = []
    for prefix, sign in (("", 1), ("counter_", -1)):
        mine = Q(**{f"{prefix}wallet": wallet.pk})
        if before is not None:
            mine &= Q(**{f"{prefix}sequence__lt": before})
        if filters.way:
            mine &= Q(amount__gt=0) if (filters.way == "in") == (sign == 1) else Q(amount__lt=0)
        sides.append(DeltaCrownTransaction.objects.filter(common & mine).order_by(f"-{prefix}sequence"))
    return sides


def chart(wallet: DeltaCrownWallet, *, days: int = CHART_DAYS) -> list[Datum]:
    """Return the balance at the end of each of the last ``days`` days, in the reader's zone."""
    today = timezone.localdate()
    first = today - timedelta(days=days - 1)
    begin = datetime.combine(first, time.min, tzinfo=timezone.get_current_timezone())
    ends: dict[date, tuple[int, int]] = {}
    for prefix in ("", "counter_"):
        side = DeltaCrownTransaction.objects.filter(**{f"{prefix}wallet": wallet.pk})
        daily = side.filter(created_at__gte=begin).annotate(day=TruncDate("created_at")).values("day")
        last = dict(daily.annotate(last=Max(f"{prefix}sequence")).values_list("day", "last"))
        if not last:
            continue
        balances = dict(
            side.filter(**{f"{prefix}sequence__in": last.values()}).values_list(
                f"{prefix}sequence", f"{prefix}balance_after"
            )
        )
        for day, sequence in last.items():
            ends[day] = max(ends.get(day, (0, 0)), (sequence, balances[sequence]))
    balance = _balance_before(wallet, begin) if ends else wallet.cached_balance
    data = []
    for day in (first + timedelta(days=number) for number in range(days)):
        balance = ends[day][1] if day in ends else balance
        data.append(Datum(f"{day.day} {day:%b}", balance, coins(balance)))
    return data


def _balance_before(wallet: DeltaCrownWallet, begin: datetime) -> int:
    rows = [
        DeltaCrownTransaction.objects.filter(**{f"{prefix}wallet": wallet.pk}, created_at__lt=begin)
        .order_by(f"-{prefix}sequence")
        .first()
        for prefix in ("", "counter_")
    ]
    last = max((seen_from(row, wallet.pk) for row in rows if row), key=lambda entry: entry.sequence, default=None)
    return last.balance_after if last else 0


def cause_link(row: DeltaCrownTransaction, viewer: Any) -> tuple[str, str] | None:
    """Return words and address of what caused the entry, from the app that owns it.

    Higher apps fill the slot ``ledger_cause`` with ``(kind, id, viewer) -> (words, address) | None``; an order, say,
    is the store's to show.
    """
    kind, _, which = row.cause.partition(":")
    for fill in slots.fillings("ledger_cause"):
        link: tuple[str, str] | None = fill(kind, which, viewer)
        if link:
            return link
    return None


@dataclass(frozen=True)
class Earning:
    """A way to earn that a member has open or has done."""

    words: str
    amount: int
    done: bool


def ways_to_earn(wallet: DeltaCrownWallet | None) -> list[Earning]:
    """Return what pays without a tournament, as staff configured it. Nothing is offered that nobody pays yet."""
    policies = CoinPolicy.objects.filter(is_active=True, rule__in=PAID_RULES)
    causes = (
        set(
            DeltaCrownTransaction.objects.filter(
                wallet=wallet, cause__in=[f"rule:{rule}" for rule in RULE_WORDS]
            ).values_list("cause", flat=True)
        )
        if wallet
        else set()
    )
    return [
        Earning(policy.get_rule_display(), policy.amount, policy.window == "ever" and f"rule:{policy.rule}" in causes)
        for policy in policies
    ]
