"""The one place that locks wallets, always in the order of their ids. A caller's own locks come first."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet

from apps.core.errors import Conflict, NotFound
from apps.economy.models import DeltaCrownWallet
from apps.economy.services.statements import locked_wallet
from apps.user_profile.models import UserProfile


def lock_wallet_of(profile: UserProfile) -> DeltaCrownWallet:
    """Lock the wallet of ``profile`` until the transaction ends; the first coins make it."""
    _check_in_transaction()
    wallet = locked_wallet(profile.pk)
    if wallet is None:
        open_wallet(profile)
        wallet = _locked().get(profile_id=profile.pk)
    return wallet


def lock_wallets_of(*profiles: UserProfile) -> dict[int, DeltaCrownWallet]:
    """Lock the wallets of several players, by the ids of their profiles, making those that are missing."""
    ids = dict(
        DeltaCrownWallet.objects.filter(profile__in=[profile.pk for profile in profiles]).values_list(
            "profile_id", "pk"
        )
    )
    for profile in sorted(profiles, key=lambda profile: profile.pk):
        if profile.pk not in ids:
            ids[profile.pk] = open_wallet(profile)
    return {wallet.profile_id: wallet for wallet in lock_wallets(ids.values()).values()}


def open_wallet(profile: UserProfile) -> int:
    """Return the id of the profile's wallet, making it when there is none.

    Raises:
        Conflict: The account was never confirmed. Such accounts are deleted; a ledger entry would keep them.
    """
    addresses = EmailAddress.objects.filter(user_id=profile.user_id)
    if addresses.exists() and not addresses.filter(verified=True).exists() and profile.user.last_login is None:
        raise Conflict(f"{profile.display_name} has not confirmed their e-mail address yet and can't have coins.")
    # Not get_or_create: of two first coins at once the second waits for the first and finds its wallet.
    DeltaCrownWallet.objects.bulk_create([DeltaCrownWallet(profile_id=profile.pk)], ignore_conflicts=True)
    return DeltaCrownWallet.objects.values_list("pk", flat=True).get(profile_id=profile.pk)


def lock_wallets(wallet_ids: Iterable[int]) -> dict[int, DeltaCrownWallet]:
    """Lock several wallets. The order is what keeps two transfers in opposite directions from a deadlock."""
    wanted = set(wallet_ids)
    wallets = {wallet.pk: wallet for wallet in _locked().filter(pk__in=wanted).order_by("pk")}
    if wanted - wallets.keys():
        raise NotFound("There is no such wallet.")
    return wallets


def _check_in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Wallets are locked inside the transaction of the movement.")


def _locked() -> QuerySet[DeltaCrownWallet]:
    _check_in_transaction()
    return DeltaCrownWallet.objects.select_for_update(no_key=True)
