"""News to very many open pages at once: the layer between processes drops none of it."""

import asyncio
from typing import Any

from channels.layers import get_channel_layer

PAGES = 300


async def _pushed_and_received() -> list[int]:
    """Push to the pages of one process before it reads any of it, as when a job tells hundreds of people."""
    layer = get_channel_layer()
    channels = [await layer.new_channel() for _ in range(PAGES)]
    for number, channel in enumerate(channels):
        await layer.group_add(f"page.{number}", channel)
    for number in range(PAGES):
        await layer.group_send(f"page.{number}", {"type": "notification.created", "id": number})

    async def receive(channel: str) -> Any:
        try:
            async with asyncio.timeout(90):
                return (await layer.receive(channel))["id"]
        except TimeoutError:
            return None

    return list(await asyncio.gather(*(receive(channel) for channel in channels)))


def test_each_of_hundreds_of_pages_of_one_process_gets_what_is_pushed_at_once() -> None:
    assert asyncio.run(_pushed_and_received()) == list(range(PAGES))
