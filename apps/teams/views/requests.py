"""What these views know about their request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User


class HtmxRequest(HttpRequest):
    """A request that the htmx middleware has seen."""

    htmx: HtmxDetails


class SignedInRequest(HtmxRequest):
    """A request behind ``login_required``."""

    user: User
