"""The figures that are kept. Each is told by two snapshots: what is, and what happened between them."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.core.metrics.snapshot import Snapshot, growth, quantile

Read = Callable[[Snapshot, Snapshot], dict[str, float]]
SYSTEM, APPLICATION, BUSINESS, DATABASE, JOBS = "Machine", "Application", "Community", "Database", "Jobs"
GROUPS = (APPLICATION, SYSTEM, DATABASE, JOBS, BUSINESS)


@dataclass(frozen=True)
class Series:
    """A figure with its words. ``unit`` says how a number is written: share, bytes, seconds, number or per second.

    ``limit``: from here on an alert speaks of it. ``read`` returns numbers by label, without those it cannot know.
    """

    name: str
    title: str
    group: str
    unit: str
    read: Read
    limit: float | None = None


def gauge(metric: str, label: str = "", **match: str) -> Read:
    return lambda now, before: now.by(metric, label, **match)


def per_second(metric: str, label: str = "", **match: str) -> Read:
    def read(now: Snapshot, before: Snapshot) -> dict[str, float]:
        seconds = max(now.at - before.at, 1e-6)
        return {key: grown / seconds for key, grown in growth(now, before, metric, label, **match).items()}

    return read


def ratio(part: Read, whole: Read, *, rest: bool = False) -> Read:
    """Return part of whole by label, or with ``rest`` what is missing to it. Of nothing there is no share."""

    def read(now: Snapshot, before: Snapshot) -> dict[str, float]:
        wholes = whole(now, before)
        parts = part(now, before)
        shares = {key: parts.get(key, 0.0) / number for key, number in wholes.items() if number > 0}
        return {key: 1 - share for key, share in shares.items()} if rest else shares

    return read


def latency(now: Snapshot, before: Snapshot) -> dict[str, float]:
    """Return mean and quantiles of the requests between the two; nothing when there were none."""
    buckets = growth(now, before, "http_request_duration_seconds_bucket", "le")
    number = growth(now, before, "http_request_duration_seconds_count").get("", 0.0)
    if not number:
        return {}
    told = {"mean": growth(now, before, "http_request_duration_seconds_sum").get("", 0.0) / number}
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        found = quantile(share, buckets)
        if found is not None:
            told[name] = found
    return told


def server_errors(now: Snapshot, before: Snapshot) -> dict[str, float]:
    """Return how many requests a second ended with 5xx. A site that is closed on purpose makes no errors."""
    grown = growth(now, before, "http_requests_total", "status")
    closed = growth(now, before, "http_requests_total", "status", route="maintenance")
    failed = sum(number - closed.get(status, 0.0) for status, number in grown.items() if status.startswith("5"))
    return {"": failed / max(now.at - before.at, 1e-6)}


def cpu_busy(now: Snapshot, before: Snapshot) -> dict[str, float]:
    """Return the share of the processors that pages could not have had. What runs niced is meant to give way."""
    grown = growth(now, before, "deltacrown_system_cpu_seconds_total", "mode")
    whole = sum(grown.values())
    return {"": 1 - sum(grown.get(mode, 0.0) for mode in ("idle", "iowait", "nice")) / whole} if whole > 0 else {}


def job_share(outcomes: tuple[str, ...]) -> Read:
    def read(now: Snapshot, before: Snapshot) -> dict[str, float]:
        grown = growth(now, before, "deltacrown_jobs_total", "outcome")
        whole = sum(grown.values())
        return {"": sum(grown.get(outcome, 0.0) for outcome in outcomes) / whole} if whole else {}

    return read


REQUESTS = per_second("http_requests_total")
ALL = (
    Series("requests", "Requests", APPLICATION, "per second", REQUESTS),
    Series("errors", "Requests that failed (5xx)", APPLICATION, "share", ratio(server_errors, REQUESTS), 0.05),
    Series("latency", "Answer time", APPLICATION, "seconds", latency, 1.0),
    Series("active_users", "People active", APPLICATION, "number", gauge("deltacrown_active_users", window="15m")),
    Series("websockets", "Open sockets", APPLICATION, "number", gauge("deltacrown_websocket_connections")),
    Series("mails", "Mails", APPLICATION, "per second", per_second("deltacrown_mails_total", "outcome")),
    Series("cpu", "Processor busy", SYSTEM, "share", cpu_busy, 0.9),
    Series(
        "memory",
        "Memory used",
        SYSTEM,
        "share",
        ratio(gauge("deltacrown_system_memory_available_bytes"), gauge("deltacrown_system_memory_bytes"), rest=True),
        0.9,
    ),
    Series(
        "disk",
        "Disk used",
        SYSTEM,
        "share",
        ratio(
            gauge("deltacrown_system_disk_free_bytes", "place"),
            gauge("deltacrown_system_disk_bytes", "place"),
            rest=True,
        ),
        0.9,
    ),
    Series("disk_free", "Disk free", SYSTEM, "bytes", gauge("deltacrown_system_disk_free_bytes", "place")),
    Series(
        "network",
        "Network",
        SYSTEM,
        "bytes per second",
        per_second("deltacrown_system_network_bytes_total", "direction"),
    ),
    Series(
        "queries", "Statements", DATABASE, "per second", per_second("deltacrown_database_query_duration_seconds_count")
    ),
    Series(
        "queries_per_request",
        "Statements of a request",
        DATABASE,
        "number",
        ratio(per_second("http_request_queries_total"), REQUESTS),
    ),
    Series(
        "slow_queries", "Slow statements", DATABASE, "per second", per_second("deltacrown_database_slow_queries_total")
    ),
    Series(
        "connections",
        "Connections in use",
        DATABASE,
        "share",
        ratio(gauge("deltacrown_database_connections"), gauge("deltacrown_database_connections_max")),
        0.8,
    ),
    Series(
        "pool", "Connections of the pools", DATABASE, "number", gauge("deltacrown_database_pool_connections", "state")
    ),
    Series("database_size", "Size", DATABASE, "bytes", gauge("deltacrown_database_size_bytes")),
    Series("jobs", "Jobs by their end", JOBS, "per second", per_second("deltacrown_jobs_total", "outcome")),
    Series("job_success", "Jobs that succeeded", JOBS, "share", job_share(("succeeded",))),
    Series(
        "job_seconds",
        "Time of a job",
        JOBS,
        "seconds",
        ratio(per_second("deltacrown_job_duration_seconds_sum"), per_second("deltacrown_job_duration_seconds_count")),
    ),
    Series("waiting", "Jobs that wait", JOBS, "number", gauge("deltacrown_jobs_waiting", "queue")),
    Series(
        "oldest", "Oldest that waits", JOBS, "seconds", gauge("deltacrown_jobs_oldest_waiting_seconds", "queue"), 600
    ),
    Series("registrations", "New accounts a day", BUSINESS, "number", gauge("deltacrown_registrations_last_day")),
    Series("teams", "New teams a day", BUSINESS, "number", gauge("deltacrown_team_creations_last_day")),
    Series("posts", "Posts a day", BUSINESS, "number", gauge("deltacrown_team_posts_last_day")),
    Series("orders", "Orders a day", BUSINESS, "number", gauge("deltacrown_orders_last_day")),
    Series("transactions", "Coin entries a day", BUSINESS, "number", gauge("deltacrown_ledger_transactions_last_day")),
    Series("coins", "DeltaCoin moved a day", BUSINESS, "number", gauge("deltacrown_ledger_coins_last_day")),
)
