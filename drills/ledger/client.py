"""One client: plays the operations of its seed in batches, whatever kills it, and compares every answer with the model.

A batch is one transaction of 1 to 40 operations. Before it the client writes down where it is; after a kill it reads
that, plays the model forward without the ledger, and looks whether the batch it died in is there: wholly or not at all.
"""

import contextlib
import pickle
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from django.db import InterfaceError, OperationalError, connection, transaction

from apps.accounts.models import User
from apps.user_profile.models import UserProfile
from drills.ledger.acts import Ledger
from drills.ledger.drawing import Drawer
from drills.ledger.model import DONE, WAITING, Answer, Model, Operation, Wallet

BATCHES = (1, 5, 20, 40)
PATIENCE = 120.0  # seconds that PostgreSQL may need to be back
UNREACHABLE = (OperationalError, InterfaceError)


class Disagreement(Exception):
    """The ledger and the model say different things."""


@dataclass
class Progress:
    """All that a client knows, as of the end of a batch."""

    drawer: Drawer
    model: Model
    operations: int = 0
    batches: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    found_whole: int = 0  # batches that had been committed when their client or server died
    found_absent: int = 0  # batches of which nothing was there, and that were played again
    reconnected: int = 0


@dataclass(frozen=True)
class Assignment:
    """What a client is to do. ``wallets`` and ``shared`` lead from the numbers of the model to profiles."""

    seed: int
    operations: int
    wallets: dict[int, int]
    shared: dict[int, int]
    staff: int
    folder: Path
    until: float  # of the monotonic clock; then it is enough

    @property
    def file(self) -> Path:
        return self.folder / f"client-{self.seed}.pickle"


def run(assignment: Assignment) -> None:
    """Play until all operations are done. May be killed and run again at any time."""
    ledger = _ledger(assignment)
    resumed = assignment.file.exists()
    progress = pickle.loads(assignment.file.read_bytes()) if resumed else beginning(assignment)  # noqa: S301 - our own
    unsure = True  # it may have died in its last batch
    while progress.operations < assignment.operations and (unsure or time.monotonic() < assignment.until):
        _batch(progress, ledger, unsure=unsure)
        unsure = False
        _remember(assignment, progress)
    connection.close()


def _ledger(assignment: Assignment) -> Ledger:
    numbers = {**assignment.wallets, **assignment.shared}
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            profiles = UserProfile.objects.select_related("user").in_bulk(numbers.values())
            staff = User.objects.get(pk=assignment.staff)
        except UNREACHABLE:
            _reconnect(deadline)
        else:
            return Ledger({number: profiles[pk] for number, pk in numbers.items()}, staff)


def _reconnect(deadline: float) -> None:
    """Throw the connection away and wait a moment. Called in the handling of its error, which it raises when late."""
    if time.monotonic() > deadline:
        raise  # noqa: PLE0704 - the error that is being handled
    with contextlib.suppress(*UNREACHABLE):
        connection.close()
    time.sleep(0.05)


def beginning(assignment: Assignment) -> Progress:
    """Return what a client knows before its first operation."""
    model = Model({number: Wallet() for number in assignment.wallets}, frozenset(assignment.shared))
    random = Random(assignment.seed)  # noqa: S311 - a drill, no secret
    return Progress(Drawer(f"s{assignment.seed}", random, list(assignment.wallets), list(assignment.shared)), model)


def _remember(assignment: Assignment, progress: Progress) -> None:
    fresh = assignment.file.with_suffix(".new")
    fresh.write_bytes(pickle.dumps(progress))
    fresh.replace(assignment.file)


def _batch(progress: Progress, ledger: Ledger, *, unsure: bool) -> None:
    """Draw the next batch, have the model answer it, and the ledger."""
    played: list[tuple[Operation, Answer]] = []
    marks: list[Operation] = []  # those that leave something to be seen in the database
    for _ in range(progress.drawer.random.choice(BATCHES)):
        operation = progress.drawer.draw(progress.model)
        new = operation.key not in progress.model.recent and not _is_idle(operation, progress.model)
        answer = progress.model.expect(operation)
        played.append((operation, answer))
        if new and answer.outcome in (DONE, WAITING):
            marks.append(operation)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if unsure and _is_there(marks, ledger):
                progress.found_whole += 1
            else:
                progress.found_absent += unsure
                _play(played, ledger)
            break
        except UNREACHABLE:
            progress.reconnected += 1
            unsure = True
            ledger.forget()
            _reconnect(deadline)
    progress.batches += 1
    progress.operations += len(played)
    for operation, answer in played:
        name = f"{operation.kind} {answer.outcome}"
        progress.outcomes[name] = progress.outcomes.get(name, 0) + 1


def _play(played: list[tuple[Operation, Answer]], ledger: Ledger) -> None:
    with transaction.atomic():
        for operation, expected in played:
            answer = ledger.perform(operation)
            if answer != expected:
                raise Disagreement(f"{operation} answered {answer}, the model says {expected}")
        if transaction.get_rollback():
            # The connection died while a refusal was rolled back to its savepoint. Django keeps the refusal, drops the
            # error and would roll the block back without a word.
            raise OperationalError("The connection was lost in a refusal.")


def _is_idle(operation: Operation, model: Model) -> bool:
    """Whether it is the release of a hold that has ended, which changes nothing."""
    return operation.kind == "release" and model.holds[operation.target].state != "held"


def _is_there(marks: list[Operation], ledger: Ledger) -> bool:
    """Return whether the batch that left these marks was committed. Raises when only a part of it was."""
    found = [ledger.has(mark) for mark in marks]
    if any(found) and not all(found):
        raise Disagreement(f"Of one transaction {sum(found)} of {len(marks)} operations are there: {marks}")
    return any(found)
