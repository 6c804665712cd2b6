"""What is looked at on every request: when a session was last used, and that staff prove who they are."""

import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from apps.accounts.constants import DEVICE_COOKIE, DEVICE_COOKIE_SECONDS, SESSION_SEEN_SECONDS
from apps.accounts.permissions import needs_second_factor

SEEN_KEY = "accounts_seen_at"
NEW_DEVICE_ATTRIBUTE = "new_device_token"  # set on a request by the login, made a cookie here
AFTER_SECOND_FACTOR_KEY = "accounts_after_second_factor"


class SessionActivityMiddleware:
    """Note when a session was last used and from where, and hand a new device its cookie.

    Only sessions that a login of ours marked with ``SEEN_KEY``, and only every few minutes: allauth's own middleware
    writes at every request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            self._note(request)
        token = getattr(request, NEW_DEVICE_ATTRIBUTE, "")
        if token:
            response.set_cookie(
                DEVICE_COOKIE,
                token,
                max_age=DEVICE_COOKIE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def _note(self, request: HttpRequest) -> None:
        seen = request.session.get(SEEN_KEY)
        now = time.time()
        if seen is None or now - seen < SESSION_SEEN_SECONDS:
            return
        request.session[SEEN_KEY] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=timezone.now(), ip=get_adapter().get_client_ip(request)
        )


class StaffSecondFactorMiddleware:
    """Let nobody into the admin but staff with a second factor.

    It looks at the resolved URL, so it holds for every page of every app's admin, also for one whose author forgot
    ``admin_site.admin_view``, and before any of their code runs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponseBase | None:
        if request.resolver_match is None or "admin" not in request.resolver_match.app_names:
            return None
        # A POST is not repeated after the login: its page is opened again instead.
        came_for = request.get_full_path() if request.method == "GET" else request.path
        if not request.user.is_authenticated:
            return redirect_to_login(came_for)
        if not request.user.is_staff:
            raise PermissionDenied
        if needs_second_factor(request.user):
            request.session[AFTER_SECOND_FACTOR_KEY] = came_for
            return redirect("accounts:staff_second_factor")
        if request.resolver_match.url_name == "password_change":
            # One's own password is changed in one place, which tells the person and keeps the other rules.
            return redirect("account_change_password")
        return None
