"""Kills worker, Redis, PostgreSQL and the site at random while people are told things: each mail comes exactly once.

``python -m drills.notifications`` brings its own servers and touches no other data.
"""
