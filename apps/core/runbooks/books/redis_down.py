"""A Redis does not answer or takes no writes: which, what it did here, and what goes on without it."""

from apps.core.runbooks import machine, programs, redis_servers
from apps.core.runbooks.books.worker_stuck import remedy_to_start
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook

WITHOUT = {
    "cache": "Pages work without the cache, slower.",
    "broker": "Jobs wait in the database, and the sweeper sends them when it is back.",
    "channel layer": "Pages do not change by themselves until it is back; reloading shows what is new.",
}


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Ask each Redis once. It is started where it stopped, and never flushed or restarted."""
    servers = redis_servers.servers()
    if not servers:
        diagnosis.ok("This site runs without Redis: its one process does what Redis would.")
    for server in servers:
        diagnosis.evidence[server.name] = server.facts
        if not server.trouble:
            used = float(server.facts.get("used_memory", 0))
            diagnosis.ok(f"Redis of {server.name} takes writes and uses {machine.megabytes(used)}.")
            _look_at_policy(diagnosis, server)
            continue
        diagnosis.wrong(f"Redis of {server.name} {server.trouble}. " + " ".join(WITHOUT[role] for role in server.roles))
        if "MISCONF" in server.trouble:
            diagnosis.advise("manage.py runbook disk-full --fix; it takes writes again after its next save (BGSAVE).")
        if "maxmemory" in server.trouble:
            diagnosis.advise("Give it more memory: redis-cli CONFIG SET maxmemory …. Never FLUSHALL: see worker-stuck.")
        if "not running" in server.trouble:
            for unit in programs.failed_units("redis"):
                diagnosis.remedies.append(remedy_to_start(unit))


def _look_at_policy(diagnosis: Diagnosis, server: redis_servers.Server) -> None:
    policy = server.facts.get("maxmemory_policy", "")
    if "broker" in server.roles and policy not in {"", "noeviction"}:
        diagnosis.wrong(f"The broker throws away what waits when it is full (maxmemory-policy {policy}).")
        diagnosis.advise("redis-cli CONFIG SET maxmemory-policy noeviction, and the same in its configuration.")


RUNBOOK = Runbook("redis-down", "Redis does not answer", look, alerts=("RedisDown",), settle=15.0)
