"""The platform's own sections and conditions, put into their places."""

from apps.core.operations import (
    charts,
    core_conditions,
    database_section,
    deployments_section,
    failures_section,
    health_section,
    jobs_section,
    machine_section,
    verdict,
)
from apps.core.operations.sections import register


def register_all() -> None:
    core_conditions.register_all()
    own = (verdict.SECTION, health_section.SECTION, failures_section.SECTION, machine_section.SECTION)
    for section in (
        *own,
        *charts.SECTIONS,
        database_section.SECTION,
        *jobs_section.SECTIONS,
        deployments_section.SECTION,
    ):
        register(section)
