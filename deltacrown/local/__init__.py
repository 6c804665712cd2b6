"""What a developer's machine needs and no server has: PostgreSQL and Redis of one's own, one supervisor, test fixtures.

Nothing here is imported in staging or production. The package uses the standard library only, so that it can start
the servers that everything else waits for.
"""
