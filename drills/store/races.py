"""Many at once, so many rounds. Each race says how everybody ended and whether every rule held."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from apps.accounts.models import User
from apps.ecommerce.models import Cart, CartItem, Coupon, CouponUse, Order, Variant
from apps.economy.models import DeltaCrownWallet
from drills.store.shop import Button, fill, make_people, make_variant
from drills.teams.crowd import Crowd

AT_ONCE = 50  # connections; who is more than that presses as soon as one is free
REFUSED = {"SoldOut", "Conflict"}

Ended = tuple[Counter[str], bool]


def last_unit(crowd: Crowd) -> Ended:
    """200 buyers of the last one: one has it."""
    return _buy(crowd, people=200, stock=1)


def fifty_units(crowd: Crowd) -> Ended:
    """500 buyers of fifty: fifty have one."""
    return _buy(crowd, people=500, stock=50)


def one_coupon(crowd: Crowd) -> Ended:
    """A coupon with one use and 50 people: one used it, and 49 are told."""
    variant = make_variant(None)
    coupon = Coupon.objects.create(code=f"ONE{variant.pk}", kind="fixed", amount_poisha=5_000, total_limit=1)
    people = _people(AT_ONCE)
    buttons = _filled(people, variant, coupon=coupon.code)
    before = Order.objects.filter(user__in=people).count()
    ended = crowd.at_once([button.press for button in buttons])
    coupon.refresh_from_db()
    uses = CouponUse.objects.filter(coupon=coupon).count()
    placed = Order.objects.filter(user__in=people).count() - before
    return ended, (ended["done"], coupon.used, uses, placed) == (1, 1, 1, 1) and _no_fault(ended)


def one_wallet(crowd: Crowd) -> Ended:
    """One cart and one wallet from 50 sides, each with a key of its own: paid once."""
    [user] = make_people(1, coins=100)
    fill(user, make_variant(None, poisha=None, coins=60), currency="coins")
    buttons = [Button(user) for _ in range(AT_ONCE)]
    ended = crowd.at_once([button.press for button in buttons])
    wallet = DeltaCrownWallet.objects.get(profile=user.profile)
    return ended, ended == {"done": 1, "CartEmpty": AT_ONCE - 1} and wallet.cached_balance == 40


def one_key(crowd: Crowd) -> Ended:
    """The same page sent 50 times: one order, and everybody is shown it."""
    [user] = make_people(1)
    variant = make_variant(60)
    fill(user, variant)
    button, numbers = Button(user), set[str]()
    ended = crowd.at_once([lambda: numbers.add(button.press().number)] * AT_ONCE)
    stock = Variant.objects.get(pk=variant.pk).stock
    return ended, ended == {"done": AT_ONCE} and (len(numbers), stock) == (1, 59)


RACES: dict[str, Callable[[Crowd], Ended]] = {
    "last-unit": last_unit,
    "fifty-units": fifty_units,
    "one-coupon": one_coupon,
    "one-wallet": one_wallet,
    "one-key": one_key,
}


def run(name: str, rounds: int) -> dict[str, Any]:
    """Run a race so often. ``faults`` are answers that are no sentence for a person."""
    total: Counter[str] = Counter()
    broken = 0
    with Crowd(AT_ONCE) as crowd:
        for _ in range(rounds):
            ended, fine = RACES[name](crowd)
            total += ended
            broken += not fine
    faults = sum(times for how, times in total.items() if how.startswith("fault"))
    return {"rounds": rounds, "broken": broken, "faults": faults, **total, "ok": not broken and not faults}


def _buy(crowd: Crowd, *, people: int, stock: int) -> Ended:
    variant = make_variant(stock)
    buttons = _filled(_people(people), variant)
    ended: Counter[str] = Counter()
    for begin in range(0, people, AT_ONCE):
        ended += crowd.at_once([button.press for button in buttons[begin : begin + AT_ONCE]])
    left = Variant.objects.get(pk=variant.pk).stock
    sold = Order.objects.filter(items__variant=variant).count()
    return ended, (ended["done"], sold, left) == (stock, stock, 0) and _no_fault(ended)


_known: list[User] = []


def _people(number: int) -> list[User]:
    """Return people who come back each round: to sign them up anew takes longer than the race."""
    _known.extend(make_people(number - len(_known)))
    return _known[:number]


def _filled(people: list[User], variant: Variant, *, coupon: str = "") -> list[Button]:
    """Put the same thing into everybody's cart and nothing else. They all see what the first one is shown."""
    CartItem.objects.filter(cart__user__in=people).delete()
    Cart.objects.bulk_create([Cart(user=user) for user in people], ignore_conflicts=True)
    carts = Cart.objects.filter(user__in=people)
    CartItem.objects.bulk_create(CartItem(cart=cart, variant=variant) for cart in carts)
    first = Button(people[0], coupon=coupon)
    return [first, *(Button(user, coupon=coupon, seen=first.seen) for user in people[1:])]


def _no_fault(ended: Counter[str]) -> bool:
    return set(ended) <= {"done", *REFUSED}
