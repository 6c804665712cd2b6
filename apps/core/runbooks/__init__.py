"""What to do when something is wrong: commands that look, say what it is, and mend what can be mended safely.

``manage.py runbook NAME [--fix]`` and ``manage.py doctor``; one page for each in docs/runbooks. An app adds its own
with ``register`` in its ``ready()``.
"""

from apps.core.runbooks.diagnosis import CannotLook, Diagnosis, Level, Look, Remedy, Runbook
from apps.core.runbooks.registry import UnknownRunbook, every, named, register

__all__ = [
    "CannotLook",
    "Diagnosis",
    "Level",
    "Look",
    "Remedy",
    "Runbook",
    "UnknownRunbook",
    "every",
    "named",
    "register",
]
