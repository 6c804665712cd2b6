"""Coins for many at once, from a list that somebody prepared."""

from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO

from django.db import transaction
from django.db.models.functions import Lower

from apps.accounts.models import User
from apps.common.csv_files import Column, FileRefused, Row, read
from apps.core import audit
from apps.core.errors import DomainError
from apps.economy import permissions
from apps.economy.constants import AWARDED_FROM, BULK_ROWS, FOUR_EYES_ABOVE, NOTE_LENGTH
from apps.economy.models import DeltaCrownTransaction
from apps.economy.services.locks import lock_wallets, open_wallet
from apps.economy.services.moving import award
from apps.user_profile.models import UserProfile

BULK_BYTES = 4 * 1024 * 1024
COLUMNS = (
    Column("username", "rafi"),
    Column("amount", "50"),
    Column("reason", "winner"),
    Column("note", "Dhaka Open", required=False, max_length=NOTE_LENGTH),
)


@dataclass
class Line:
    """One line of the list, and what is wrong with it."""

    number: int
    username: str
    amount: int = 0
    reason: str = ""
    note: str = ""
    profile: UserProfile | None = None
    problem: str = ""
    paid_before: bool = False


@dataclass
class BulkGrant:
    lines: list[Line] = field(default_factory=list)
    digest: str = ""
    paid: int = 0

    @property
    def problems(self) -> list[Line]:
        return [line for line in self.lines if line.problem]

    @property
    def coins(self) -> int:
        return sum(line.amount for line in self.lines if not line.paid_before)


def bulk_grant(*, actor: User, text: str, dry_run: bool) -> BulkGrant:
    """Pay every line of a CSV list (``username,amount,reason,note``), all or none.

    A line is bound to the list's content: sending the same list again pays nobody twice.

    Returns:
        The lines with their problems; ``paid`` counts what was paid now. With problems, or as a dry run, nobody is.

    Raises:
        PermissionRefused: Not a superuser.
        DomainError: That is no such list.
    """
    permissions.check_adjust(actor)
    grant = _read(text)
    _find_people(grant)
    _find_paid(grant)
    if dry_run or grant.problems:
        return grant
    with transaction.atomic():
        people = [line.profile for line in grant.lines if line.profile]
        # All wallets in one order first: two lists with the same people in another order wait for each other.
        lock_wallets([open_wallet(profile) for profile in sorted(people, key=lambda profile: profile.pk)])
        _find_paid(grant)
        entry = None
        for line in grant.lines:
            if line.profile is None or line.paid_before:
                continue
            entry = award(
                profile=line.profile,
                amount=line.amount,
                reason=line.reason,
                actor=actor,
                note=line.note,
                idempotency_key=_key(grant, line),
            )
            grant.paid += 1
        if entry is not None:
            audit.record(
                actor=actor,
                action="wallet.bulk_granted",
                target=entry,
                new={"list": grant.digest, "players": grant.paid, "coins": grant.coins},
            )
    return grant


def _read(text: str) -> BulkGrant:
    content = text.encode(errors="replace")  # what a form took for text may still be none
    try:
        rows = list(read(BytesIO(content), columns=COLUMNS, row_limit=BULK_ROWS, byte_limit=BULK_BYTES))
    except FileRefused as refusal:
        raise DomainError(str(refusal), field="list") from refusal
    return BulkGrant([_line(row) for row in rows], sha256(content).hexdigest()[:32])


def _line(row: Row) -> Line:
    username, amount, reason, note = (row.cells[column.name] for column in COLUMNS)
    line = Line(row.line, username, reason=reason, note=note)
    if row.problems:
        line.problem = f"{row.problems[0].column}: {row.problems[0].reason}"
    elif not (amount.isascii() and amount.isdigit() and 1 <= int(amount) <= FOUR_EYES_ABOVE):
        line.problem = f"The amount is a whole number from 1 to {FOUR_EYES_ABOVE:,}."
    elif reason not in AWARDED_FROM:
        line.problem = f"The reason is one of {', '.join(AWARDED_FROM)}."
    elif len(note) > NOTE_LENGTH or not note.isprintable():
        line.problem = f"The note is one line of at most {NOTE_LENGTH} characters."
    else:
        line.amount = int(amount)
    return line


def _find_people(grant: BulkGrant) -> None:
    names = {line.username.lower() for line in grant.lines}
    people = {
        profile.user.username.lower(): profile
        for profile in UserProfile.objects.select_related("user").filter(
            user__username__in=_spellings(names), user__is_active=True
        )
    }
    seen: dict[str, int] = {}
    for line in grant.lines:
        name = line.username.lower()
        line.profile = people.get(name)
        if line.profile is None:
            line.problem = line.problem or "There is no such active player."
        elif name in seen:
            line.problem = line.problem or f"This player is on line {seen[name]} already."
        seen.setdefault(name, line.number)


def _spellings(names: set[str]) -> list[str]:
    """Return the stored spellings of usernames, which are unique without regard to case."""
    found = User.objects.annotate(folded=Lower("username")).filter(folded__in=names)
    return list(found.values_list("username", flat=True))


def _find_paid(grant: BulkGrant) -> None:
    keys = {_key(grant, line): line for line in grant.lines}
    paid = DeltaCrownTransaction.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True)
    for key in paid:
        keys[key].paid_before = True


def _key(grant: BulkGrant, line: Line) -> str:
    return f"bulk:{grant.digest}:{line.number}"
