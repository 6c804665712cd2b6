"""What goes wrong in a worker."""

import threading

from celery import Task, shared_task


@shared_task(bind=True, name="drill.spin")
def spin(self: Task) -> None:
    """Never end, and keep a core busy."""
    count = 0
    while True:
        count += 1


@shared_task(bind=True, name="drill.hang")
def hang(self: Task) -> None:
    """Never end, and wait for something that does not come."""
    threading.Event().wait()


@shared_task(bind=True, name="drill.do_nothing")
def do_nothing(self: Task) -> None:
    """End at once: what waits behind the others."""
