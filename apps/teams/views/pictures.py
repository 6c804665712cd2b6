"""Pictures that wait while a form is filled in."""

from django.http import HttpRequest

from apps.common.images import PictureForm
from apps.core import rate_limit
from apps.core.errors import RateLimited

KEPT_AN_HOUR = 60


def keep_pictures(request: HttpRequest, form: PictureForm) -> None:
    """Keep what was chosen for the next page. Whoever has many waiting already chooses again instead."""
    if form.is_bound and request.FILES:
        try:
            rate_limit.check("teams.keep_pictures", key=str(request.user.pk), limit=KEPT_AN_HOUR, seconds=3600)
        except RateLimited:
            return
    if form.is_bound:
        form.keep()
