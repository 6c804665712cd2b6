"""What customers wait for. Payments have a desk of their own."""

from typing import Any

from django.db.models import QuerySet

from apps.ecommerce.constants import ReviewState
from apps.ecommerce.models import Review


def waiting() -> list[QuerySet[Any]]:
    return [Review.objects.filter(state=ReviewState.PENDING)]
