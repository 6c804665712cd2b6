"""What people see of their account's safety."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from apps.accounts.models import User

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def describe_browser(user_agent: str) -> str:
    """Return browser and system in words, as "Chrome on Android"."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"{mark}/", user_agent)), "Unknown browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


@dataclass(frozen=True, slots=True)
class SessionRow:
    pk: int
    browser: str
    ip: str
    started_at: datetime
    last_seen_at: datetime
    is_current: bool


def sessions_of(user: User, *, current_key: str | None) -> list[SessionRow]:
    """Return the user's living sessions, the current one first, then the last seen."""
    rows = [
        SessionRow(
            pk=session.pk,
            browser=describe_browser(session.user_agent),
            ip=session.ip,
            started_at=session.created_at,
            last_seen_at=session.last_seen_at,
            is_current=session.session_key == current_key,
        )
        for session in UserSession.objects.purge_and_list(user)
    ]
    return sorted(rows, key=lambda row: (not row.is_current, -row.last_seen_at.timestamp()))


@dataclass(frozen=True, slots=True)
class SecurityOverview:
    """What is set and what isn't. ``score`` counts what is done of ``steps``."""

    email: str
    email_verified: bool
    pending_email: str
    has_password: bool
    password_changed_at: datetime
    has_totp: bool
    passkeys: int
    recovery_codes: int
    sessions: int
    social_accounts: list[str]

    @property
    def has_second_factor(self) -> bool:
        return self.has_totp or self.passkeys > 0

    @property
    def steps(self) -> list[bool]:
        can_log_in = self.has_password or self.passkeys > 0
        return [self.email_verified, can_log_in, self.has_second_factor, self.recovery_codes > 2]

    @property
    def score(self) -> int:
        return sum(self.steps)


def security_overview(user: User) -> SecurityOverview:
    """Return how safe ``user``'s account is, in five queries."""
    addresses = list(EmailAddress.objects.filter(user=user))
    authenticators = list(Authenticator.objects.filter(user=user))
    recovery = next((a for a in authenticators if a.type == Authenticator.Type.RECOVERY_CODES), None)
    return SecurityOverview(
        email=user.email,
        email_verified=any(a.verified and a.email == user.email.lower() for a in addresses),
        pending_email=next((a.email for a in addresses if not a.verified and a.email != user.email.lower()), ""),
        has_password=user.has_usable_password(),
        password_changed_at=user.password_changed_at or user.date_joined,
        has_totp=any(a.type == Authenticator.Type.TOTP for a in authenticators),
        passkeys=sum(a.type == Authenticator.Type.WEBAUTHN for a in authenticators),
        recovery_codes=len(recovery.wrap().get_unused_codes()) if recovery else 0,
        sessions=UserSession.objects.filter(user=user).count(),
        social_accounts=list(SocialAccount.objects.filter(user=user).values_list("provider", flat=True)),
    )
