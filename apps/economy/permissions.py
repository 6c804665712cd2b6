"""Who may do what with coins: the rule once, as a refusal with its sentence, as a boolean, as a queryset."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.core.errors import NotFound, PermissionRefused
from apps.economy.errors import NeedsSecondPerson
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet, WalletAdjustment
from apps.user_profile.models import UserProfile

Actor = User | AnonymousUser
MANUAL_ADJUST = "economy.manual_adjust_wallet"
VIEW_LEDGER = "economy.view_deltacrowntransaction"


def can_adjust(actor: Actor) -> bool:
    """Superusers who are staff, and nobody else: a group that was given the permission is not enough."""
    return bool(actor.is_active and actor.is_staff and actor.is_superuser and actor.has_perm(MANUAL_ADJUST))


def check_adjust(actor: Actor) -> None:
    if not can_adjust(actor):
        raise PermissionRefused("Only superusers can change balances by hand.")


def check_decide(actor: Actor, adjustment: WalletAdjustment) -> None:
    check_adjust(actor)
    if adjustment.requested_by_id == actor.pk:
        raise NeedsSecondPerson("You asked for this adjustment. Somebody else has to decide about it.")


def can_see_ledger(actor: Actor) -> bool:
    """Staff who may read everybody's entries."""
    return bool(actor.is_active and actor.is_staff and actor.has_perm(VIEW_LEDGER))


def check_owner(actor: Actor, profile: UserProfile) -> None:
    """Coins leave a wallet by its owner's will."""
    if not actor.is_active or profile.user_id != actor.pk:
        raise PermissionRefused("Only the owner of a wallet can send its coins.")


def entries_seen_by(viewer: Actor) -> QuerySet[DeltaCrownTransaction]:
    """What a member may open: their own side of things. Others' entries do not exist for them."""
    if not viewer.is_authenticated:
        return DeltaCrownTransaction.objects.none()
    wallet = DeltaCrownWallet.objects.filter(profile__user=viewer).values_list("pk", flat=True).first()
    if wallet is None:
        return DeltaCrownTransaction.objects.none()
    return DeltaCrownTransaction.objects.filter(Q(wallet=wallet) | Q(counter_wallet=wallet))


def entry_seen_by(viewer: Actor, entry_id: int) -> DeltaCrownTransaction:
    entry = entries_seen_by(viewer).filter(pk=entry_id).select_related("origin", "counter_wallet", "wallet").first()
    if entry is None:
        raise NotFound("There is no such entry in your wallet.")
    return entry


def check_change_policy(actor: Actor) -> None:
    if not (actor.is_active and actor.is_staff and actor.has_perm("economy.change_coinpolicy")):
        raise PermissionRefused("Only staff who may change coin policies can do this.")
