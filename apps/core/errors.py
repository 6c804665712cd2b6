"""What a service raises when it refuses. The message is a sentence for the person who asked."""

from typing import Any


class DomainError(Exception):
    """A refusal with its reason: the page shows ``message``, the API answers ``status`` and ``code``.

    Args:
        message: One or two sentences for the person: what is wrong and what to do.
        field: The input that is wrong, when it is one.
    """

    status = 400
    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code

    def as_problem(self) -> dict[str, Any]:
        """Return the members of an RFC 9457 problem that this refusal knows."""
        problem: dict[str, Any] = {"status": self.status, "code": self.code, "detail": self.message}
        if self.field:
            problem["errors"] = {self.field: [self.message]}
        return problem


class PermissionRefused(DomainError):
    """The actor may see the thing and may not do this to it."""

    status = 403
    code = "permission_refused"


class NotFound(DomainError):
    """The thing does not exist, or the actor may not know that it does."""

    status = 404
    code = "not_found"


class Conflict(DomainError):
    """The thing changed meanwhile, or a rule about several things would break."""

    status = 409
    code = "conflict"


class RateLimited(DomainError):
    """Too many of these in too short a time."""

    status = 429
    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: int) -> None:
        """``retry_after`` is in seconds."""
        super().__init__(message)
        self.retry_after = retry_after
