"""The platform's own rows in the admin."""

from apps.core.admin.audit import AuditEventAdmin
from apps.core.admin.backups import BackupRecordAdmin
from apps.core.admin.deployments import DeploymentAdmin
from apps.core.admin.failures import ErrorGroupAdmin, SlowQueryAdmin
from apps.core.admin.jobs import FailedJobAdmin, JobAdmin
from apps.core.admin.operations import OperationsAdmin
from apps.core.admin.schedules import ScheduleAdmin

__all__ = [
    "AuditEventAdmin",
    "BackupRecordAdmin",
    "DeploymentAdmin",
    "ErrorGroupAdmin",
    "FailedJobAdmin",
    "JobAdmin",
    "OperationsAdmin",
    "ScheduleAdmin",
    "SlowQueryAdmin",
]
