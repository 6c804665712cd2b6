"""What the rest of the platform calls when something has happened. A process that does not count does nothing here."""

from django.http import HttpRequest, HttpResponseBase

from apps.core import context
from apps.core.metrics import counted, counting

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"


def request(asked: HttpRequest, answer: HttpResponseBase, seconds: float) -> None:
    """Count a request that is answered. Labels are bounded: what a stranger can invent is folded into one word."""
    route = route_of(asked, answer)
    method = asked.method if asked.method in METHODS else "other"
    counted.HTTP_REQUESTS.add(method or "other", route, str(answer.status_code))
    counted.HTTP_SECONDS.observe(seconds, route)
    if queries := context.current().queries:
        counted.HTTP_QUERIES.add(route, by=queries)


def route_of(asked: HttpRequest, answer: HttpResponseBase) -> str:
    """Return the URL's name; for what no URL answers, one of three words."""
    if asked.resolver_match is not None:
        return asked.resolver_match.view_name or "unnamed"
    if answer.status_code == 503:
        return "maintenance"
    return "files" if answer.status_code < 400 else "unmatched"


def query(seconds: float, *, slow: bool) -> None:
    """Count a statement: once for its process, and for the request or job that it belongs to."""
    context.count_query()
    counted.QUERY_SECONDS.observe(seconds, counting.kind())
    if slow:
        route = context.current().route or NO_ROUTE
        counted.SLOW_QUERIES.add("socket" if route.startswith("/") else route)  # a socket's is a path with ids


def job(task: str, outcome: str, seconds: float) -> None:
    """Count a run of a job."""
    counted.JOBS.add(task, outcome)
    counted.JOB_SECONDS.observe(seconds, task)
