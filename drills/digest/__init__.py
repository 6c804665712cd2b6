"""Digests to a real mail server, with the worker killed at the 500th mail and a missed day: none lost or doubled.

``python -m drills.digest`` brings its own servers and touches no other data.
"""
