"""What captains hear about their sponsors and promotions. Each piece of news once: the row and its step are the key."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.notifications.services import notify
from apps.teams.models import Team, TeamPromotion, TeamSponsor


def tell_sponsor_captain(sponsor: TeamSponsor, step: str, *, actor: User | None = None) -> int:
    """Tell the captain that the sponsor was approved, rejected, cancelled, or that it ended."""
    return notify(
        [sponsor.team.captain.user_id],
        f"teams.sponsor_{step}",
        actor=actor,
        subject=sponsor.team,
        context={
            "team": sponsor.team.name,
            "sponsor": sponsor.name,
            "starts": _day(sponsor.starts_on),
            "ends": _day(sponsor.ends_on),
            "reason": sponsor.reason,
            "url": _console(sponsor.team),
        },
        fingerprint=f"sponsor:{sponsor.pk}:{step}",
    )


def tell_promotion_captain(promotion: TeamPromotion, step: str, *, actor: User | None = None, money: str = "") -> int:
    """Tell the captain, and who paid for it, of this step. ``money`` is the sentence about the coins."""
    payer = {promotion.payer.user_id} if promotion.payer else set()
    return notify(
        sorted({promotion.team.captain.user_id} | payer),
        f"teams.promotion_{step}",
        actor=actor,
        subject=promotion.team,
        context={
            "team": promotion.team.name,
            "place": promotion.get_kind_display(),
            "starts": date_format(timezone.localtime(promotion.starts_at), "j F, H:i"),
            "ends": date_format(timezone.localtime(promotion.ends_at), "j F, H:i"),
            "reason": promotion.reason,
            "about": " ".join(part for part in (promotion.reason, money) if part),
            "money": money,
            "url": reverse("teams:promotions", args=[promotion.team.slug]),
        },
        fingerprint=f"promotion:{promotion.pk}:{step}",
    )


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _console(team: Team) -> str:
    return reverse("teams:sponsors", args=[team.slug])
