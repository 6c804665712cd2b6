"""Which runbooks there are. The platform's own are registered by ``apps.core``, those of an app by that app."""

from apps.core.runbooks.diagnosis import Runbook

_known: dict[str, Runbook] = {}


class UnknownRunbook(LookupError):
    """No runbook has this name. The message names those that there are."""


def register(runbook: Runbook) -> None:
    """Make a runbook known. Registering it again replaces it: ``ready()`` may run twice in tests."""
    _known[runbook.slug] = runbook


def every() -> list[Runbook]:
    """Return all runbooks by name."""
    return [_known[slug] for slug in sorted(_known)]


def named(slug: str) -> Runbook:
    """Return one runbook, also by the name of an alert that leads to it. Raises ``UnknownRunbook``."""
    for runbook in _known.values():
        if slug == runbook.slug or slug in runbook.alerts:
            return runbook
    raise UnknownRunbook(f"There is no runbook {slug!r}. There are: {', '.join(sorted(_known))}.")
