"""Facts that higher apps react to. A fact is published with the change and told after commit.

An event is a frozen dataclass in the past tense (``TeamCreated``) in ``apps/<app>/events.py``. Handlers subscribe in
``AppConfig.ready``. What must not be lost when the process dies between commit and handler is a job, not an event:
a handler that matters enqueues one.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

logger = logging.getLogger(__name__)

Event = TypeVar("Event")

_handlers: dict[type, list[Callable[[Any], Any]]] = defaultdict(list)


def subscribe(event_type: type[Event], handler: Callable[[Event], Any]) -> None:
    """Call ``handler`` with every published event of exactly this type. Subscribing again changes nothing."""
    _check(event_type)
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def publish(event: Any) -> None:
    """Tell the subscribers after the caller's transaction commits, never after a rollback."""
    _check(type(event))
    transaction.on_commit(partial(_tell, event), robust=True)


def _tell(event: Any) -> None:
    for handler in tuple(_handlers[type(event)]):
        try:
            handler(event)
        except Exception:
            # The change is committed and its maker has an answer coming: a reaction that fails is ours to repair.
            logger.exception("%s failed on %s", _name(handler), type(event).__qualname__)


def _check(event_type: type) -> None:
    if not (is_dataclass(event_type) and event_type.__dataclass_params__.frozen):  # type: ignore[attr-defined] # of every dataclass
        raise TypeError(f"{event_type.__qualname__} is no event: events are frozen dataclasses.")


def _name(handler: Callable[..., Any]) -> str:
    return f"{handler.__module__}.{getattr(handler, '__qualname__', repr(handler))}"
