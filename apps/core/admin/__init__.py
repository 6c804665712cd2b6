"""Where staff look into the platform."""

from apps.core.admin.audit import AuditEventAdmin

__all__ = ["AuditEventAdmin"]
