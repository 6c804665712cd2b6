"""What captains are told about sponsors and promotions, the words, and where a payment leads."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register
from apps.teams.models import TeamPromotion
from apps.teams.permissions import can_see, can_view_finances, standing

IN_APP = frozenset({Channel.IN_APP})
IN_APP_AND_MAIL = frozenset({Channel.IN_APP, Channel.EMAIL})


def _news(code: str, label: str, title: str, body: str, channels: frozenset[str] = IN_APP) -> NotificationType:
    return NotificationType(
        code=f"teams.{code}",
        group="teams",
        label=label,
        title=title,
        body=body,
        url="{url}",
        action="See sponsors and promotions",
        channels=channels,
        icon="megaphone",
    )


ALL = (
    _news(
        "sponsor_approved",
        "A sponsor is approved",
        "{sponsor} is approved as sponsor of {team}",
        "It is shown on your team page from {starts} to {ends}.",
        IN_APP_AND_MAIL,
    ),
    _news(
        "sponsor_rejected",
        "A sponsor is rejected",
        "{sponsor} can't be shown as sponsor of {team}",
        "{reason}",
        IN_APP_AND_MAIL,
    ),
    _news(
        "sponsor_cancelled",
        "Staff end a sponsorship",
        "{sponsor} is no longer shown on the page of {team}",
        "{reason}",
        IN_APP_AND_MAIL,
    ),
    _news(
        "sponsor_ended",
        "A sponsorship ends",
        "The sponsorship of {sponsor} for {team} has ended",
        "Its last day was {ends}. You can propose it again.",
    ),
    _news(
        "promotion_scheduled",
        "Your team gets a promotion",
        "{team} will be promoted",
        "{place}, from {starts} to {ends}.",
    ),
    _news("promotion_started", "A promotion begins", "{team} is promoted now", "{place}, until {ends}."),
    _news("promotion_ended", "A promotion ends", "The promotion of {team} has ended", "{place}, until {ends}."),
    _news(
        "promotion_cancelled",
        "A promotion is cancelled",
        "The promotion of {team} is cancelled",
        "{place}, {starts} to {ends}. {about}",
    ),
    _news(
        "promotion_approved",
        "A booked promotion is approved",
        "{team} will be promoted: the booking is approved",
        "{place}, from {starts} to {ends}. {money}",
        IN_APP_AND_MAIL,
    ),
    _news(
        "promotion_rejected",
        "A booked promotion is not approved",
        "The promotion that {team} booked is not approved",
        "{about}",
        IN_APP_AND_MAIL,
    ),
    _news(
        "promotion_lapsed",
        "A booking was not decided in time",
        "The promotion that {team} booked was not decided in time",
        "{place}, from {starts}. {money}",
    ),
)


def cause_of_payment(kind: str, which: str, viewer: Any) -> tuple[str, str] | None:
    """Lead from the entry of a wallet to the promotion it paid, where the viewer may see the team's finances."""
    if kind != "promotion":
        return None
    try:
        request_id = UUID(which)
    except ValueError:
        return None
    promotion = TeamPromotion.objects.select_related("team").filter(request_id=request_id).first()
    if promotion is None:
        return None
    words = f"{promotion.get_kind_display()} for {promotion.team.name}"
    if can_view_finances(standing(viewer, promotion.team)):
        return words, reverse("teams:promotions", args=[promotion.team.slug])
    return (words, promotion.team.get_absolute_url()) if can_see(standing(viewer, promotion.team)) else None


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)
