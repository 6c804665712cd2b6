"""A real Prometheus for drills: it scrapes a site of this machine, and tells what it counted and which alerts fire."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from deltacrown.local import child
from drills.jobs.platform import ROOT

OURS = ROOT / "deploy" / "prometheus"
# The rules wait for minutes, so that nobody is woken by a hiccup. A drill has seconds; limits and expressions stay.
HOLDS, WINDOW = "4s", "30s"


def program() -> str:
    """Return the path of Prometheus, installing Debian's when it is missing and this is root."""
    if not shutil.which("prometheus") and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ("apt-get", "install", "-y", "-qq", "prometheus")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    found = shutil.which("prometheus")
    if not found:
        raise SystemExit("This drill needs Prometheus: apt-get install prometheus")
    return found


class Prometheus:
    """Scrapes ``target`` (host:port) every ``every`` seconds; with ``rules`` it also judges by ours, made quicker."""

    def __init__(self, folder: Path, target: str, *, every: int, rules: bool = False) -> None:
        self.folder = folder / "prometheus"
        self.folder.mkdir()
        self.port = child.free_port()
        config = self.folder / "prometheus.yml"
        config.write_text(self._config(target, every, rules=rules))
        self.process = child.start(
            [
                *(program(), f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'tsdb'}"),
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            log=folder / "prometheus.log",
            ready=self._is_ready,
        )

    def _config(self, target: str, every: int, *, rules: bool) -> str:
        """Return the configuration of deploy/prometheus, with the drill's site and pace."""
        config = yaml.safe_load((OURS / "prometheus.yml").read_text())
        config["global"].update(
            scrape_interval=f"{every}s", scrape_timeout=f"{every}s", evaluation_interval=f"{min(every, 2)}s"
        )
        config["rule_files"] = ["rules/*.yml"] if rules else []
        [scraped] = config["scrape_configs"]
        del scraped["authorization"]
        scraped.update(scheme="http", static_configs=[{"targets": [target]}])
        if rules:
            (self.folder / "rules").mkdir()
            for path in (OURS / "rules").glob("*.yml"):
                text = re.sub(r"\bfor: \d+[mh]\b", f"for: {HOLDS}", path.read_text())
                (self.folder / "rules" / path.name).write_text(text.replace("[5m]", f"[{WINDOW}]"))
        return yaml.safe_dump(config)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    def query(self, expression: str) -> float:
        """Return the sum of what an expression tells. What was never seen is 0."""
        found = self._ask(f"query?{urllib.parse.urlencode({'query': expression})}")["result"]
        return sum(float(one["value"][1]) for one in found)

    def firing(self) -> list[dict[str, str]]:
        """Return the labels of every alert that fires."""
        return [one["labels"] for one in self._ask("alerts")["alerts"] if one["state"] == "firing"]

    def fires(self, alert: str, **labels: str) -> bool:
        wanted = {"alertname": alert, **labels}
        return any(wanted.items() <= one.items() for one in self.firing())

    def runbook_of(self, alert: str) -> str:
        """Return the name of the runbook that an alert links to."""
        for group in self._ask("rules")["groups"]:
            for rule in group["rules"]:
                if rule["name"] == alert:
                    return Path(rule["annotations"]["runbook_url"]).stem
        return ""

    def wait(self, alert: str, *, firing: bool, patience: float = 240.0, **labels: str) -> float:
        """Wait until an alert fires or does no longer; return the seconds. Raises ``TimeoutError``."""
        began = time.monotonic()
        while self.fires(alert, **labels) is not firing:
            if time.monotonic() - began > patience:
                raise TimeoutError(f"{alert} {'never fired' if firing else 'did not clear'} within {patience:.0f} s")
            time.sleep(0.5)
        return time.monotonic() - began

    def _ask(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{what}", timeout=30) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data

    def close(self) -> None:
        child.stop(self.process, signal.SIGTERM)
