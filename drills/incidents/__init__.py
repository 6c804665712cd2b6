"""Brings about each of the five incidents of the manual, and has its runbook name and mend it."""
