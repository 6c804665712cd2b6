"""Whether this process can serve: what it leans on, each asked at once and with a deadline. See docs/health.md."""

from apps.core.health.readiness import Report, report, version

__all__ = ["Report", "report", "version"]
