"""kill -9 before every single statement of an act, and right after its commit: nothing may be half done.

A child process does the act and kills itself; then the books must be right, and the act, done again as its person
would, must end as if nothing had happened.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.ecommerce.models import Coupon, Order, Variant
from apps.ecommerce.services import orders, payments, refunds
from apps.ecommerce.services.expiry import expire
from apps.economy.models import DeltaCrownWallet
from apps.economy.selectors.proof import prove
from drills.store.shop import Button, fill, make_people, make_staff, make_variant, open_numbers, wrong

LIMIT = 400  # statements; an act with more would be a mistake


@dataclass
class Scene:
    """What an act is done to, and how its end is told."""

    user: User
    steps: tuple[Callable[[], object], ...]  # each is one transaction
    end: Callable[[], object]

    def act(self) -> None:
        for step in self.steps:
            step()


class Stage:
    """People and things that every scene uses."""

    def __init__(self) -> None:
        open_numbers()
        self.staff = make_staff()
        self.trx = iter(range(1_000_000, 9_999_999))

    def mixed(self, provider: str = "bkash") -> tuple[User, Variant, Variant, Coupon, Button]:
        """Coins and cash and a coupon, about to be ordered."""
        [user] = make_people(1, coins=100)
        cash, coin = make_variant(5), make_variant(5, poisha=None, coins=60)
        coupon = Coupon.objects.create(code=f"KILL{cash.pk}", kind="fixed", amount_poisha=5_000, total_limit=9)
        fill(user, cash)
        fill(user, coin, currency="coins")
        return user, cash, coin, coupon, Button(user, provider=provider, coupon=coupon.code)

    def checkout(self) -> Scene:
        user, cash, coin, coupon, button = self.mixed()
        return Scene(user, (button.press,), lambda: _told(user, cash, coin, coupon))

    def payment(self) -> Scene:
        """The buyer tells, staff find."""
        user, cash, coin, coupon, button = self.mixed()
        order = button.press()
        trx_id = f"DKT{next(self.trx)}"

        def tell() -> None:
            payments.submit(actor=user, number=order.number, told=payments.Told(trx_id=trx_id, sender="01712345678"))

        def find() -> None:
            payments.verify(actor=self.staff, payment_id=order.payments.get(trx_id=trx_id).pk)

        return Scene(user, (tell, find), lambda: _told(user, cash, coin, coupon))

    def cancel(self) -> Scene:
        user, cash, coin, coupon, button = self.mixed()
        order = button.press()
        return Scene(
            user, (lambda: orders.cancel(actor=user, number=order.number),), lambda: _told(user, cash, coin, coupon)
        )

    def expiry(self) -> Scene:
        user, cash, coin, coupon, button = self.mixed()
        order = button.press()
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
        return Scene(user, (lambda: expire(order.number),), lambda: _told(user, cash, coin, coupon))

    def refund(self) -> Scene:
        """Everything comes back after the delivery: coins by the ledger, cash by hand."""
        user, cash, coin, coupon, button = self.mixed("cod")
        order = button.press()
        for step in ("confirmed", "processing", "shipped", "delivered", "completed"):
            orders.advance(actor=self.staff, number=order.number, to=step)
        key = f"refund-{order.pk}-of-the-drill"

        def take_back() -> None:
            orders.take_back(actor=self.staff, number=order.number, lines=None, why="All of it came back")

        def send_money() -> None:
            order.refresh_from_db()
            refunds.record_refund(
                actor=self.staff,
                number=order.number,
                amount_poisha=order.owed_back_poisha or order.refunded_poisha,
                provider="bkash",
                reference="DKT7J2MQ4X",
                reason="All of it came back",
                idempotency_key=key,
            )

        return Scene(user, (take_back, send_money), lambda: _told(user, cash, coin, coupon))


def run(name: str) -> dict[str, Any]:
    """Kill one act at each of its statements. Return how many kills, and what was wrong after any of them."""
    stage = Stage()
    make = getattr(stage, name)
    whole = make()
    passed = [whole.end()]
    for step in whole.steps:
        step()
        passed.append(whole.end())
    expected = passed[-1]
    faults: list[str] = []
    kills = 0
    for number in range(1, LIMIT):
        scene = make()
        survived = _in_child(scene.act, number)
        kills += not survived
        faults += [f"statement {number}: {fault}" for fault in wrong(scene.user)]
        if scene.end() not in passed:
            faults.append(f"statement {number}: half done, {scene.end()}")
        scene.act()
        if scene.end() != expected:
            faults.append(f"statement {number}: done again it is {scene.end()}, not {expected}")
        if survived:
            break
    faults += [f"ledger: {prove().count} faults"] if prove().count else []
    return {"kills": kills, "faults": len(faults), "first_fault": faults[0] if faults else "", "ok": not faults}


def _in_child(act: Callable[[], object], step: int) -> bool:
    """Do the act in a process that kills itself before its ``step``-th statement or commit. Return whether it ended."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            with _killed_at(step):
                act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL)


@contextmanager
def _killed_at(step: int) -> Iterator[None]:
    """Count statements and commits of this process, and end it before the one with this number."""
    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        count()
        return execute(sql, params, many, context)

    commit = connection._commit

    def committing() -> None:
        count()  # everything is written and nothing is committed
        commit()
        count()  # all is committed and nobody has been told

    connection._commit = committing
    with connection.execute_wrapper(statement):
        yield


def _told(user: User, cash: Variant, coin: Variant, coupon: Coupon) -> object:
    """Return the state of a scene without ids."""
    with transaction.atomic():
        wallet = DeltaCrownWallet.objects.get(profile=user.profile)
        found = [
            (
                order.status,
                order.paid_coins,
                order.refunded_coins,
                order.paid_poisha,
                order.refunded_poisha,
                order.waived_poisha,
                [payment.state for payment in order.payments.order_by("pk")],
            )
            for order in Order.objects.filter(user=user)
        ]
        stocks = [Variant.objects.get(pk=variant.pk).stock for variant in (cash, coin)]
        used = Coupon.objects.get(pk=coupon.pk).used
        return wallet.cached_balance, found, stocks, used, user.cart.items.count()
