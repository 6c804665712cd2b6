"""The operations page: whether something is wrong and what to do. docs/operations-page.md says how to add a section."""

from apps.core.operations.sections import Section, register

__all__ = ["Section", "register"]
