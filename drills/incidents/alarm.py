"""One alert, from quiet over firing to quiet, and the runbook that it leads to."""

from typing import Any

from drills.incidents.site import Site

QUIET_WITHIN = 120.0  # seconds: what the incident before has left


class Alarm:
    """Raises ``TimeoutError`` where the alert is not quiet at first, never fires or does not clear."""

    def __init__(self, site: Site, alert: str, **labels: str) -> None:
        if site.prometheus is None:
            raise TimeoutError("Prometheus does not run.")
        self.site, self.alert, self.labels, self.prometheus = site, alert, labels, site.prometheus
        self.fired: float | None = None
        self.cleared: float | None = None
        self.outcome: dict[str, Any] = {}
        self.prometheus.wait(alert, firing=False, patience=QUIET_WITHIN, **labels)

    def wait_firing(self) -> None:
        self.fired = self.prometheus.wait(self.alert, firing=True, **self.labels)

    def wait_cleared(self) -> None:
        self.cleared = self.prometheus.wait(self.alert, firing=False, **self.labels)

    def runbook(self, *words: str) -> dict[str, Any]:
        """Run the runbook by the name of the alert, as whoever was woken by it does."""
        self.outcome = self.site.runbook(self.alert, *words)
        return self.outcome

    def told(self, *, ok: bool, **more: Any) -> dict[str, Any]:
        """See the alert clear, and return the figures of the incident."""
        if self.cleared is None:
            self.wait_cleared()
        outcome = self.outcome
        linked = self.prometheus.runbook_of(self.alert) == outcome["runbook"]
        return {
            "alert": f"{self.alert} fired after {self.fired:.0f} s, cleared {self.cleared:.0f} s after the remedy",
            "runbook": f"{outcome['runbook']}, {'as' if linked else 'NOT as'} the alert's link says",
            "cause": outcome["cause"],
            "done": outcome["done"],
            "undo": outcome["undo"],
            "exit": outcome["exit"],
            "seconds": outcome["seconds"],
            "still wrong": [each["text"] for each in outcome["after"] or [] if each["level"] == "wrong"],
            **more,
            "ok": ok and linked and self.fired is not None,
        }
