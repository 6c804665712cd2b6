"""Backup sets of database, uploads and secrets: made, proved by restoring, kept in two places, restored beside.

``docs/backup.md`` is the page for operators. Each module is one step: ``making``, ``verifying``, ``restoring``,
``tables``, ``retention``, ``pitr``; what they share stands in the modules named after it.
"""
