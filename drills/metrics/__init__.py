"""Prometheus itself scrapes the platform while its processes are killed: what was driven equals what was counted."""
