"""Hundreds of open pages get news at once, thousands lie idle: how long it takes and what it costs.

``python -m drills.sockets`` brings its own servers and touches no other data.
"""
