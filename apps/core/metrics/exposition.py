"""All figures together, in the text form that Prometheus reads."""

from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder

from apps.core.metrics import counting, instruments, shelf, sources


def collect() -> Iterator[Metric]:
    """Yield every metric of this platform."""
    yield from instruments.collect(shelf.read(counting.folder()))
    yield from sources.collect()


class _Everything:
    def collect(self) -> Iterator[Metric]:
        return collect()


def as_text(accept: str) -> tuple[bytes, str]:
    """Return the page and its content type, in the newest form that ``accept`` names."""
    encode, content_type = choose_encoder(accept)
    return encode(_Everything()), content_type
