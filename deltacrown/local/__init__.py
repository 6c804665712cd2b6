"""What a developer's machine needs and no server has: PostgreSQL and Redis of one's own, one supervisor, test fixtures.

Nothing here does anything in staging or production. What starts servers uses the standard library only.
"""
