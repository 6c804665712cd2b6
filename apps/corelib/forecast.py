"""When something that shrinks is used up, by a straight line through what was measured."""

from collections.abc import Sequence

LEAST_POINTS = 6


def seconds_until_zero(points: Sequence[tuple[float, float]]) -> float | None:
    """Return in how many seconds after the last point the least-squares line reaches zero.

    ``points`` are times in seconds, ascending, and amounts. None when the line does not fall, or when there are too few
    points to tell.
    """
    if len(points) < LEAST_POINTS:
        return None
    mean_at = sum(at for at, _ in points) / len(points)
    mean_amount = sum(amount for _, amount in points) / len(points)
    spread = sum((at - mean_at) ** 2 for at, _ in points)
    if not spread:
        return None
    slope = sum((at - mean_at) * (amount - mean_amount) for at, amount in points) / spread
    if slope >= 0:
        return None
    zero_at = mean_at - mean_amount / slope
    return max(zero_at - points[-1][0], 0.0)
