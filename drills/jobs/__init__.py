"""Kills workers, sends everything eight times, flushes Redis, stops PostgreSQL: every job has one effect all the same.

``python -m drills.jobs`` brings its own servers, touches no other data, and takes about four minutes.
"""
