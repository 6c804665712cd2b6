"""The platform's own rows in the admin."""

from apps.core.admin.audit import AuditEventAdmin
from apps.core.admin.jobs import FailedJobAdmin, JobAdmin

__all__ = ["AuditEventAdmin", "FailedJobAdmin", "JobAdmin"]
