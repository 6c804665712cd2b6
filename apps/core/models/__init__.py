"""What the platform remembers of its own work."""

from apps.core.models.audit import AuditEvent
from apps.core.models.backups import BackupRecord, OutgoingHold
from apps.core.models.deployments import Deployment
from apps.core.models.failures import ErrorGroup, ErrorSighting, SlowQuery
from apps.core.models.jobs import FailedJob, Heartbeat, Job, Schedule
from apps.core.models.samples import MetricSample, Operations

__all__ = [
    "AuditEvent",
    "BackupRecord",
    "Deployment",
    "ErrorGroup",
    "ErrorSighting",
    "FailedJob",
    "Heartbeat",
    "Job",
    "MetricSample",
    "Operations",
    "OutgoingHold",
    "Schedule",
    "SlowQuery",
]
