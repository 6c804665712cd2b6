"""Tells the same to very many people: a row of words, portions of ids, a job for each portion."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from apps.core import jobs
from apps.notifications import registry
from apps.notifications.constants import BATCH_CHUNK
from apps.notifications.models import BatchChunk, NotificationBatch
from apps.notifications.rendering import Rendered, verbatim
from apps.notifications.services.calls import Call, fingerprint_of, owner_of
from apps.notifications.services.posting import post_to_channels
from apps.notifications.services.sending import start_deliveries_of, tell_chunk, user_id


def send_batch(
    *,
    user_ids: Iterable[Any],
    notification_type: str,
    title: str,
    body: str,
    url: str = "",
    fingerprint: str = "",
    **metadata: Any,
) -> dict[str, int]:
    """Tell many people the same, in words that are given and not made from the type's.

    Takes any iterable and holds ``BATCH_CHUNK`` ids at a time. The same words tell nobody twice, whoever calls and
    however often; a ``fingerprint`` of one's own makes the same words news again. Part of the caller's transaction.

    Returns:
        ``{"batch": its id, "chunks": how many jobs, "users": how many ids}``.

    Raises:
        UnknownType: Nobody registered the type.
        TypeError: A recipient is neither a user nor an id.
        ValueError: The link leaves the site.
    """
    kind = registry.get(notification_type)
    words = verbatim(kind, title=title, body=body, url=url, context=metadata)
    whole = json.dumps([words.title, words.body, words.url, words.context], cls=DjangoJSONEncoder, sort_keys=True)
    news = fingerprint_of(kind.code, fingerprint or f"words:{sha256(whole.encode()).hexdigest()}")
    chunks = users = 0
    with transaction.atomic():
        batch, _ = NotificationBatch.objects.get_or_create(
            fingerprint=news,
            defaults={
                "type": kind.code,
                "title": words.title,
                "body": words.body,
                "url": words.url,
                "context": words.context,
            },
        )
        call = _call(batch)
        start_deliveries_of(call, post_to_channels(call))
        for ids in _portions(user_ids):
            chunk = BatchChunk.objects.create(batch=batch, user_ids=ids, size=len(ids))
            jobs.enqueue("notifications.send_batch_chunk", chunk_id=chunk.pk, _queue="bulk")
            chunks, users = chunks + 1, users + len(ids)
    return {"batch": batch.pk, "chunks": chunks, "users": users}


def send_batch_chunk(*, chunk_id: int) -> int:
    """Tell the people of one portion. Returns how many heard it now; run again, nobody."""
    with transaction.atomic():
        chunk = BatchChunk.objects.select_for_update(of=("self",)).select_related("batch").filter(pk=chunk_id).first()
        if chunk is None or chunk.done_at is not None:
            return 0
        chunk.told = tell_chunk(_call(chunk.batch), sorted(set(chunk.user_ids)), bulk=True)
        chunk.done_at = timezone.now()
        chunk.user_ids = []
        chunk.save(update_fields=["told", "done_at", "user_ids"])
    return chunk.told


def _call(batch: NotificationBatch) -> Call:
    kind = registry.get(batch.type)
    return Call(
        kind=kind,
        rendered=Rendered(title=batch.title, body=batch.body, url=batch.url, context=batch.context),
        actor_id=None,
        subject="",
        owner=owner_of(kind, None),
        fingerprint=batch.fingerprint,
        batch=uuid4(),
    )


def _portions(user_ids: Iterable[Any]) -> Iterator[list[int]]:
    people = iter(user_ids)
    while portion := [user_id(person) for person in islice(people, BATCH_CHUNK)]:
        yield portion
