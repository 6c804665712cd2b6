"""Work of the store that waits for the commit."""

from celery import shared_task

from apps.core.jobs.task import JobTask
from apps.ecommerce.services import wishes


@shared_task(base=JobTask, bind=True, name="ecommerce.tell_back_in_stock")
def tell_back_in_stock(self: JobTask, variant_id: int) -> int:
    """Tell who waits for a variant. Run twice, it tells once: each alert is told one time."""
    return wishes.tell_back_in_stock(variant_id)
