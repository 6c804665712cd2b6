"""What a service raises when it refuses. The message is a sentence for the person who asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


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

    @property
    def by_field(self) -> dict[str, list[str]]:
        """What is wrong with each input that is."""
        return {self.field: [self.message]} if self.field else {}

    @property
    def each(self) -> tuple["DomainError", ...]:
        """The refusals that this one is made of: itself, when it is one."""
        return (self,)


class SeveralRefusals(DomainError):
    """More than one thing is wrong, in the order in which they stand on the page. :class:`Refusals` makes it."""

    def __init__(self, refusals: Sequence[DomainError]) -> None:
        super().__init__(" ".join(refusal.message for refusal in refusals))
        self._each = tuple(refusals)
        if len({(refusal.status, refusal.code) for refusal in refusals}) == 1:
            self.status, self.code = refusals[0].status, refusals[0].code

    @property
    def by_field(self) -> dict[str, list[str]]:
        """What is wrong with each input that is."""
        found: dict[str, list[str]] = {}
        for refusal in self._each:
            if refusal.field:
                found.setdefault(refusal.field, []).append(refusal.message)
        return found

    @property
    def each(self) -> tuple[DomainError, ...]:
        return self._each


class Refusals:
    """Gathers what is wrong with an input, so that a person hears all of it at once and doesn't send it three times."""

    def __init__(self) -> None:
        self._found: list[DomainError] = []

    def add(self, refusal: DomainError) -> None:
        """Remember that this is wrong, too."""
        self._found.extend(refusal.each)

    @property
    def each(self) -> tuple[DomainError, ...]:
        """What was wrong so far."""
        return tuple(self._found)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Go on behind what refuses in here, and remember why."""
        try:
            yield
        except DomainError as refusal:
            self.add(refusal)

    def ask(self, rule: Callable[..., str], *values: object) -> str:
        """Return what ``rule`` makes of the values; where it refuses, remember why and return an empty text."""
        with self.noted():
            return rule(*values)
        return ""

    def raise_any(self) -> None:
        """Go on if nothing was wrong.

        Raises:
            DomainError: The one refusal, as it was.
            SeveralRefusals: There are more.
        """
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise SeveralRefusals(self._found)


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
