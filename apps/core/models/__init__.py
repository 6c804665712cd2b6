"""What the platform remembers of its own work."""

from apps.core.models.audit import AuditEvent
from apps.core.models.jobs import FailedJob, Heartbeat, Job, Schedule

__all__ = ["AuditEvent", "FailedJob", "Heartbeat", "Job", "Schedule"]
