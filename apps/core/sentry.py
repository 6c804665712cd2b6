"""Error reports to Sentry, when a DSN is set: one for each failure, with the request id and without people's data."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.transport import Transport

from apps.core import context
from apps.core.scrubbing import database_words, scrub, without_quotes

TRACED_SHARE = 0.1
_NEVER_TRACED = frozenset({"/healthz", "/readyz", "/health/", "/metrics"})


def configure(
    *, dsn: str, environment: str, release: str, transport: type[Transport] | Transport | None = None
) -> bool:
    """Switch error reports on and return whether they are: without a DSN nothing leaves this machine."""
    if not dsn:
        return False
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        integrations=[DjangoIntegration(), CeleryIntegration(monitor_beat_tasks=True)],
        traces_sampler=traced_share,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=clean_event,
        before_send_transaction=clean_event,
        before_breadcrumb=clean_breadcrumb,
        transport=transport,
    )
    return True


def traced_share(sampling: dict[str, Any]) -> float:
    """Return how many of such requests are timed. What a caller's own trace headers wish for is not asked."""
    environ = sampling.get("wsgi_environ") or {}
    scope = sampling.get("asgi_scope") or {}
    path = environ.get("PATH_INFO") or scope.get("path", "")
    return 0.0 if path in _NEVER_TRACED else TRACED_SHARE


def clean_event(event: Any, hint: dict[str, Any]) -> Any:
    """Say whose request it was by id, and leave out what the request carried."""
    known = context.current()
    request = event.pop("request", None)
    event.pop("user", None)
    for error in (event.get("exception") or {}).get("values") or []:
        if isinstance(error.get("value"), str):
            of_database = str(error.get("module", "")).startswith(("psycopg", "django.db"))
            error["value"] = (database_words if of_database else without_quotes)(error["value"])
    cleaned = scrub(event, depth=30)
    if request:
        cleaned["request"] = {"method": request.get("method", ""), "url": scrub(_without_query(request.get("url", "")))}
    if known.user_id is not None:
        cleaned["user"] = {"id": str(known.user_id)}
    tags = {"request_id": known.request_id, "task_id": known.task_id, "route": known.route}
    cleaned["tags"] = {**(cleaned.get("tags") or {}), **{name: value for name, value in tags.items() if value}}
    return cleaned


def clean_breadcrumb(breadcrumb: Any, hint: dict[str, Any]) -> Any:
    return scrub(breadcrumb, depth=10)


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
