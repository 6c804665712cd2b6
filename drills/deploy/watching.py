"""Somebody who asks the site all the time, and remembers every answer that was not the expected one."""

import http.client
import threading
import time
from typing import Any

from drills.deploy.ground import HOST
from drills.deploy.traffic import trusting

PAUSE = 0.2
ADDRESSES = ("/healthz", "/accounts/login/", "/")


class Watcher:
    def __init__(self, port: int) -> None:
        self.port = port
        self.answers = 0
        self.wrong: list[str] = []
        self._told = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def is_content(self) -> bool:
        """Whether every answer since the last time was right, and there was one."""
        before, self._told = self._told, self.answers + len(self.wrong)
        return self._told > before and not self.wrong

    def figures(self) -> dict[str, Any]:
        return {"answers": self.answers, "wrong": len(self.wrong), "first_wrong": self.wrong[:5]}

    def _watch(self) -> None:
        context = trusting()
        while not self._end.wait(PAUSE):
            for address in ADDRESSES:
                line = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
                try:
                    line.request("GET", address, headers={"Host": f"{HOST}:{self.port}"})
                    status = line.getresponse().status
                except (OSError, http.client.HTTPException) as error:
                    self.wrong.append(f"{time.strftime('%T')} {address} {type(error).__name__}")
                else:
                    if status == 200:
                        self.answers += 1
                    else:
                        self.wrong.append(f"{time.strftime('%T')} {address} {status}")
                finally:
                    line.close()
