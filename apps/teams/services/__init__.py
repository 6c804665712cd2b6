"""Every write of teams. Each act: lock → check → change → audit → notify, in one transaction.

Locks are always taken in the order team, invite or transfer, profile, so that two acts wait for each other
and never both.
"""

from apps.teams.services.promotions import PromotionService
from apps.teams.services.sponsorship import SponsorshipService

__all__ = ["PromotionService", "SponsorshipService"]
