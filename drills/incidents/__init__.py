"""Brings about each incident of the manual: Prometheus tells of it, the alert's runbook names and mends it."""
