"""Work of the store that waits for the commit."""

from celery import shared_task

from apps.core.jobs.task import JobTask
from apps.ecommerce.services import completion, expiry, paypal, wishes


@shared_task(base=JobTask, bind=True, name="ecommerce.tell_back_in_stock")
def tell_back_in_stock(self: JobTask, variant_id: int) -> int:
    """Tell who waits for a variant. Run twice, it tells once: each alert is told one time."""
    return wishes.tell_back_in_stock(variant_id)


@shared_task(base=JobTask, bind=True, name="ecommerce.expire_unpaid_orders", atomic=False)
def expire_unpaid_orders(self: JobTask) -> int:
    """Cancel what was not paid in time. Run twice, an order is cancelled once: each is looked at under its lock."""
    return expiry.expire_unpaid_orders()


@shared_task(base=JobTask, bind=True, name="ecommerce.settle_paypal", atomic=False)
def settle_paypal(self: JobTask) -> int:
    """Ask PayPal about payments whose answer got lost. Run twice, each counts once: under its order's lock."""
    return paypal.settle_unclear()


@shared_task(base=JobTask, bind=True, name="ecommerce.complete_delivered_orders", atomic=False)
def complete_delivered_orders(self: JobTask) -> int:
    """Complete delivered orders that have been quiet. Run twice, each is completed once: under its lock."""
    return completion.complete_delivered_orders()


@shared_task(base=JobTask, bind=True, name="ecommerce.delete_old_carts")
def delete_old_carts(self: JobTask) -> int:
    """Delete visitors' carts that nobody touched for 30 days."""
    return expiry.delete_old_carts()
