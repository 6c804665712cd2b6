"""What went wrong, for the person: what happened, what is safe, what to do. The API says the same as RFC 9457."""

from dataclasses import dataclass, field, replace
from typing import Any

from apps.core import context
from apps.core.errors import DomainError, RateLimited

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """One answer that is not what was asked for.

    Args:
        title: What happened, in a few words.
        detail: What happened, in a sentence.
        safe: What did not happen, so that nobody worries.
        advice: What to do now.
        errors: The inputs that are wrong, when the request had some.
        retry_after: Seconds until it is worth another try.
    """

    status: int
    code: str
    title: str
    detail: str
    safe: str = ""
    advice: str = ""
    errors: dict[str, Any] = field(default_factory=dict)
    retry_after: int | None = None

    @property
    def is_ours(self) -> bool:
        """Whether the fault is on our side; then the page uses as little of the platform as it can."""
        return self.status >= 500

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.is_ours or self.status == 429

    def as_json(self) -> dict[str, Any]:
        members = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "safe": self.safe,
            "advice": self.advice,
            "errors": self.errors,
            "retry_after": self.retry_after,
            "request_id": context.current().request_id,
        }
        return {name: value for name, value in members.items() if value}

    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


NOTHING_CHANGED = "Nothing was changed."

BAD_REQUEST = Problem(
    400,
    "bad_request",
    "That did not arrive whole",
    "The address or the form is damaged, so we could not read it.",
    NOTHING_CHANGED,
    "Go back, reload the page and try again.",
)
PERMISSION_REFUSED = Problem(
    403,
    "permission_refused",
    "Not with this account",
    "Your account may not do this.",
    NOTHING_CHANGED,
    "Log in with the account that may, or ask the person who runs this page.",
)
CSRF_REFUSED = Problem(
    403,
    "form_expired",
    "This form is too old",
    "You opened it before you last logged in, or your browser keeps no cookies for this site.",
    "Nothing was saved or sent.",
    "Go back, reload the page and send the form again.",
)
NOT_FOUND = Problem(
    404,
    "not_found",
    "There is nothing here",
    "The address may be mistyped, or what stood here has moved or is gone.",
    "",
    "Check the address, or start from the home page.",
)
METHOD_NOT_ALLOWED = Problem(
    405,
    "method_not_allowed",
    "That is not how this page works",
    "It was opened in a way that it does not answer, as when a form's address is typed in.",
    NOTHING_CHANGED,
    "Go back and use the button or link on the page.",
)
CONFLICT = Problem(
    409,
    "conflict",
    "Something changed meanwhile",
    "What you saw is not how it is any more.",
    NOTHING_CHANGED,
    "Reload the page and decide again.",
)
RATE_LIMITED = Problem(
    429,
    "rate_limited",
    "Too often in a short time",
    "You, or somebody on your network, tried this too often.",
    "The last try was not carried out. All before it count.",
    "Wait a little and try again.",
)
SERVER_ERROR = Problem(
    500,
    "server_error",
    "That was our mistake",
    "Something broke on our side, and we have been told.",
    "What you saved before is safe. Look whether your last step went through before you repeat it.",
    "Try again in a minute. If it happens again, write to support and quote the number below.",
)
UNAVAILABLE = Problem(
    503,
    "unavailable",
    "We are back in a moment",
    "A part of the site does not answer right now.",
    "What you saved before is safe.",
    "Try again in a minute.",
    retry_after=30,
)
MAINTENANCE = Problem(
    503,
    "maintenance",
    "Closed for maintenance",
    "We are working on the site. It opens again by itself.",
    "Teams, coins and orders are safe and stay as they are.",
    "Come back in a few minutes.",
    retry_after=120,
)

_BY_STATUS = {
    problem.status: problem
    for problem in (
        BAD_REQUEST,
        PERMISSION_REFUSED,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        CONFLICT,
        RATE_LIMITED,
        SERVER_ERROR,
        UNAVAILABLE,
    )
}


def for_status(status: int) -> Problem:
    """Return what is generally said with this status."""
    return _BY_STATUS.get(status) or replace(SERVER_ERROR if status >= 500 else BAD_REQUEST, status=status)


def for_refusal(refusal: DomainError) -> Problem:
    """Return what a service's refusal says: its own sentence in place of the general one and of the advice."""
    general = for_status(refusal.status)
    title = general.title
    if refusal.status == 400:
        title = "Not like this" if len(refusal.each) == 1 else "Some of it is not possible"
    return replace(
        general,
        code=refusal.code,
        title=title,
        detail=refusal.message,
        advice="",
        errors=dict(refusal.by_field),
        retry_after=refusal.retry_after if isinstance(refusal, RateLimited) else general.retry_after,
    )
