"""Whether somebody can be mailed."""

from typing import Any

from apps.notifications.models import BouncedAddress


def bounced_address(viewer: Any) -> BouncedAddress | None:
    """Return why the viewer's address gets no mails, or nothing."""
    return BouncedAddress.objects.filter(address__iexact=viewer.email).first() if viewer.email else None
