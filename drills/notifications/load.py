"""People who ask the site for a notification, each once, over real HTTP, while everything around them dies."""

import http.client
import threading
from collections import deque
from dataclasses import dataclass, field

TOKEN = "d" * 32
PATH = "/notifications/preferences/test/"
PATIENCE = 15.0  # seconds for one answer
FOUND = 302


@dataclass
class Load:
    """Asks for ``sessions``, from as many threads as call ``run``. Who gets no answer asks again, as people do."""

    port: int
    sessions: dict[int, str]
    pause: float
    answered: set[int] = field(default_factory=set)
    broken: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _waiting: deque[int] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._waiting.extend(self.sessions)

    def run(self) -> None:
        """Ask until everybody had an answer or ``stop`` is called."""
        while len(self.answered) < len(self.sessions) and not self._stop.is_set():
            try:
                user_id = self._waiting.popleft()
            except IndexError:  # the other threads ask for the last ones
                self._stop.wait(0.1)
                continue
            if self._ask(self.sessions[user_id]):
                self.answered.add(user_id)
            else:
                self.broken += 1
                self._waiting.append(user_id)
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
