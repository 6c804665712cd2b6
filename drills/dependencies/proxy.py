"""A line between the site and one server, which can be cut in four ways."""

import contextlib
import socket
import struct
import threading
import time

DELAY = 1.0  # seconds for each piece of data, in each direction, when it is slow
PASS, DOWN, SLOW, HANGING, RESETTING = "pass", "down", "slow", "hanging", "resetting"
FAULTS = (DOWN, SLOW, HANGING, RESETTING)


class Proxy:
    """Listens on a port of its own and forwards to ``target`` as its ``mode`` says."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.mode = PASS
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, mode: str) -> None:
        """Behave so from now on. Lines that are open are ended, or frozen where they are."""
        was, self.mode = self.mode, mode
        if mode == DOWN:
            self._shut(self._listener)
        if mode in (DOWN, RESETTING) or was in (HANGING, SLOW):
            self._end_all(reset=mode == RESETTING)
        if was == DOWN and mode != DOWN:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
            threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self.mode == RESETTING:
                self._reset(client)
            elif self.mode == HANGING:
                self._keep(client)
            else:
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self.target, timeout=5)
        except OSError:
            self._reset(client)
            return
        server.settimeout(None)
        self._keep(client, server)
        threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
        self._forward(server, client)

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                while self.mode == HANGING:
                    time.sleep(0.05)
                if self.mode == SLOW:
                    time.sleep(DELAY)
                sink.sendall(data)
        self._shut(source)
        self._shut(sink)

    def _keep(self, *lines: socket.socket) -> None:
        with self._lock:
            self._open.update(lines)

    def _end_all(self, *, reset: bool) -> None:
        with self._lock:
            lines, self._open = self._open, set()
        for line in lines:
            if reset:
                self._reset(line)
            else:
                self._shut(line)

    @staticmethod
    def _reset(line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()

    @staticmethod
    def _shut(line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()
