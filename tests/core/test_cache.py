"""The cache over Redis."""

from django.core.cache import caches


def test_threads_and_sockets_share_the_connections_of_their_process() -> None:
    """Django makes a cache for each of them. With pools of their own, each open WebSocket kept two connections."""
    one, other = caches.create_connection("default"), caches.create_connection("default")
    assert one is not other

    pools = {cache._cache.get_client(write=write).connection_pool for cache in (one, other) for write in (True, False)}

    assert len(pools) == 1
    one.set("shared", "seen", 5)
    assert other.get("shared") == "seen"
