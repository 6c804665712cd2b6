"""People who ask the site for a notification, each once, over real HTTP, while everything around them dies."""

import http.client
import threading
import time
from dataclasses import dataclass, field

TOKEN = "d" * 32
PATH = "/notifications/preferences/test/"
PATIENCE = 15.0  # seconds for one answer
FOUND = 302


@dataclass
class Load:
    """Asks for ``sessions`` one after the other. Who gets no answer asks again, as people do."""

    port: int
    sessions: dict[int, str]
    pause: float
    answered: set[int] = field(default_factory=set)
    broken: int = 0
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Ask until everybody had an answer or ``stop`` is called."""
        waiting = list(self.sessions)
        while waiting and not self._stop.is_set():
            user_id = waiting.pop(0)
            begin = time.monotonic()
            if self._ask(self.sessions[user_id]):
                self.answered.add(user_id)
                self.slowest = max(self.slowest, time.monotonic() - begin)
            else:
                self.broken += 1
                waiting.append(user_id)
            self._stop.wait(self.pause)

    def stop(self) -> None:
        self._stop.set()

    def _ask(self, session: str) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {
            "Host": "localhost",
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            line.request("POST", PATH, body="", headers=headers)
            return line.getresponse().status == FOUND
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
