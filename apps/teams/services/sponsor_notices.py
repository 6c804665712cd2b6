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


def tell_promotion_captain(promotion: TeamPromotion, step: str, *, actor: User | None = None) -> int:
    """Tell the captain that the promotion was scheduled or cancelled, that it began or ended."""
    return notify(
        [promotion.team.captain.user_id],
        f"teams.promotion_{step}",
        actor=actor,
        subject=promotion.team,
        context={
            "team": promotion.team.name,
            "place": promotion.get_kind_display(),
            "starts": date_format(timezone.localtime(promotion.starts_at), "j F, H:i"),
            "ends": date_format(timezone.localtime(promotion.ends_at), "j F, H:i"),
            "url": _console(promotion.team),
        },
        fingerprint=f"promotion:{promotion.pk}:{step}",
    )


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _console(team: Team) -> str:
    return reverse("teams:sponsors", args=[team.slug])
