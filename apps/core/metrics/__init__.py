"""What machines and operators read of the platform in figures. docs/metrics.md lists them and says how to add one."""

from apps.core.metrics.sources import Family, Source, gauge, register

__all__ = ["Family", "Source", "gauge", "register"]
