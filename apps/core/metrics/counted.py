"""What is counted while it happens. docs/metrics.md says the rest: what is read when somebody asks."""

from apps.core.metrics.instruments import Counter, Histogram, Live

HTTP_REQUESTS = Counter("http_requests_total", "Requests that were answered.", ("method", "route", "status"))
HTTP_SECONDS = Histogram(
    "http_request_duration_seconds",
    "From the first middleware to the answer's first byte.",
    ("route",),
    (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
HTTP_QUERIES = Counter("http_request_queries_total", "Database statements of requests.", ("route",))
QUERY_SECONDS = Histogram(
    "deltacrown_database_query_duration_seconds",
    "Database statements, of requests, jobs and everything else.",
    ("process",),
    (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0),
)
SLOW_QUERIES = Counter(
    "deltacrown_database_slow_queries_total", "Statements that took SLOW_QUERY_MS or longer.", ("route",)
)
POOL = Live(
    "deltacrown_database_pool_connections",
    "Connections in the pools of all processes: used, idle; most: how many there may be.",
    ("state",),
)
POOL_WAITING = Live("deltacrown_database_pool_waiting", "Who waits for a connection of a pool.")
JOBS = Counter(
    "deltacrown_jobs_total",
    "Runs of jobs by how they ended: succeeded, failed (for good), retried, lost (with their worker).",
    ("task", "outcome"),
)
JOB_SECONDS = Histogram(
    "deltacrown_job_duration_seconds",
    "Runs of jobs, from the claim to the end.",
    ("task",),
    (0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0),
)
LEASES_LOST = Counter(
    "deltacrown_job_leases_lost_total", "Jobs that were taken from a worker which had not renewed its lease."
)
WEBSOCKETS = Live("deltacrown_websocket_connections", "Sockets that are open.")
WEBSOCKETS_OPENED = Counter("deltacrown_websocket_opened_total", "Sockets that were accepted.")
MAILS = Counter("deltacrown_mails_total", "Mails handed to the mail server: sent or failed.", ("outcome",))
DELIVERIES = Counter(
    "deltacrown_deliveries_total",
    "Notifications on their way out: sent, failed (for good), retried, unknown.",
    ("channel", "outcome"),
)
PROCESSES = Live("deltacrown_processes", "Processes that count.", ("process",))
RESIDENT = Live(
    "deltacrown_process_resident_bytes", "Memory that processes hold, shared pages counted in each.", ("process",)
)
