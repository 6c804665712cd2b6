"""What Gunicorn's workers answered is what /metrics says, also of a worker that was killed meanwhile."""

import http.client
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from deltacrown.local import child

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = 120
pytestmark = pytest.mark.slow


class Site:
    """Gunicorn with two workers, on whatever database the tests have: the page that is asked needs none."""

    def __init__(self, folder: Path) -> None:
        self.port = child.free_port()
        environment = {
            **os.environ,
            "ENVIRONMENT": "development",
            "DEBUG": "False",
            "METRICS_DIR": str(folder / "metrics"),
            "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        }
        self.process = child.start(
            [
                *(sys.executable, "-m", "gunicorn", "--config", "python:deltacrown.gunicorn"),
                *("--workers", "2", "--threads", "2", "--bind", f"127.0.0.1:{self.port}", "deltacrown.wsgi"),
            ],
            log=folder / "gunicorn.log",
            ready=lambda: child.listening(self.port) and self.ask("/healthz")[0] == 200,
            environment=environment,
            folder=ROOT,
        )

    def ask(self, path: str) -> tuple[int, str]:
        """Return the status and the text; 0 when nobody answered."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()

    def workers(self) -> list[int]:
        master = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def counted(self) -> Counter[int]:
        status, text = self.ask("/metrics")
        assert status == 200
        found: Counter[int] = Counter()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "http_requests_total":
                    found[int(sample.labels["status"])] += int(sample.value)
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    child.stop(made.process, signal.SIGQUIT)


def test_what_was_answered_was_counted_although_a_worker_was_killed(site: Site, tmp_path: Path) -> None:
    def ask(number: int) -> int:
        if number == REQUESTS // 2:
            os.kill(site.workers()[0], signal.SIGKILL)
        return site.ask("/about/" if number % 3 else "/no/such/page")[0]

    with ThreadPoolExecutor(3) as visitors:
        answered = Counter(visitors.map(ask, range(REQUESTS)))
    unanswered = answered.pop(0, 0)
    counted = site.counted()
    assert set(answered) == set(counted) == {200, 404}
    # A worker that was killed between counting and sending has counted what nobody got.
    assert 0 <= counted.total() - answered.total() <= unanswered
    assert all(counted[status] >= number for status, number in answered.items())
    assert site.counted() == counted, "reading changes nothing"
    (killed,) = json.loads((tmp_path / "metrics" / "dead.json").read_text())["names"]
    assert not (tmp_path / "metrics" / f"{killed}.counts").exists()
