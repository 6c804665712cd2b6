"""Two beats over simulated days on which clocks change: each due time and each person's digest comes exactly once.

``python -m drills.beat`` brings its own PostgreSQL and touches no other data.
"""
