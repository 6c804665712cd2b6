"""The site of the drill, with a line in front of each of its six dependencies, and a visitor who measures."""

import http.client
import io
import re
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

import boto3
from PIL import Image

from deltacrown.local import child, redis
from drills.dependencies.discord import Discord
from drills.dependencies.proxy import Proxy
from drills.jobs.platform import ROOT, Platform
from drills.sink import Sink

BUCKET = "deltacrown-drill"
TIMEOUT = 40.0  # seconds: what is slower than the limit is still to be measured
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Site:
    """Everything in ``folder``, which the caller makes and removes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.platform = Platform(folder, app="drills.dependencies.celery_app")
        cache = redis.start(folder / "cache", password=self.platform.password, log=folder / "cache.log", keep=False)
        if cache is None:
            raise SystemExit("This drill needs a redis-server.")
        self.cache, self.mail, self.discord = cache, Sink(), Discord()
        s3_port = child.free_port()
        self.s3 = child.start(
            [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(s3_port)],
            log=folder / "s3.log",
            ready=lambda: child.listening(s3_port),
        )
        self._make_bucket(s3_port)
        self.lines = {
            "postgresql": Proxy(("127.0.0.1", self.platform.postgresql.port)),
            "cache": Proxy(("127.0.0.1", cache.port)),
            "broker": Proxy(("127.0.0.1", self.platform.redis.port)),
            "smtp": Proxy(("127.0.0.1", self.mail.port)),
            "s3": Proxy(("127.0.0.1", s3_port)),
            "discord": Proxy(("127.0.0.1", self.discord.port)),
        }
        self.port = child.free_port()
        self.environment = self._environment()
        self.cookie = ""
        self.web: subprocess.Popen[str] | None = None

    def _make_bucket(self, port: int) -> None:
        line = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="drill",
            aws_secret_access_key="drill",  # noqa: S106 - of a server that ends with the drill
            region_name="us-east-1",
        )
        line.create_bucket(Bucket=BUCKET)

    def _environment(self) -> dict[str, str]:
        password, lines = self.platform.password, self.lines
        environment = self.platform.environment
        environment.update(
            ENVIRONMENT="testing",
            DEBUG="False",
            DB_PORT=str(lines["postgresql"].port),
            DB_POOL_SIZE="4",
            REDIS_URL=f"redis://:{password}@127.0.0.1:{lines['cache'].port}/0",
            CELERY_BROKER_URL=f"redis://:{password}@127.0.0.1:{lines['broker'].port}/0",
            **{**self.mail.variables, "EMAIL_PORT": str(lines["smtp"].port)},
            USE_S3="True",
            AWS_STORAGE_BUCKET_NAME=BUCKET,
            AWS_ACCESS_KEY_ID="drill",
            AWS_SECRET_ACCESS_KEY="drill",  # noqa: S106 - as above
            AWS_S3_ENDPOINT_URL=f"http://127.0.0.1:{lines['s3'].port}",
            DRILL_DISCORD_PORT=str(lines["discord"].port),
            ALLOWED_HOSTS="127.0.0.1",
            SITE_URL=f"http://127.0.0.1:{self.port}",
            TRUSTED_PROXIES="1",
            DJANGO_SETTINGS_MODULE="drills.dependencies.settings",
        )
        return environment

    def start(self) -> None:
        """Start Gunicorn and a worker."""
        self.web = child.start(
            [
                *(sys.executable, "-m", "gunicorn", "--config", "python:deltacrown.gunicorn", "--workers", "2"),
                *("--threads", "4", "--timeout", "60", "--bind", f"127.0.0.1:{self.port}", "deltacrown.wsgi"),
            ],
            log=self.folder / "web.log",
            ready=lambda: child.listening(self.port),
            environment=self.environment,
            folder=ROOT,
        )
        self.platform.worker(concurrency=2)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, float, bytes, str]:
        """Return status, seconds, body and cookies of one request; status 0 when no answer came in time."""
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        given = {"Host": "127.0.0.1", "X-Forwarded-For": f"203.0.113.{int(began * 1000) % 250}"}
        try:
            line.request(
                method, path, body, {**given, **{name.replace("_", "-"): text for name, text in headers.items()}}
            )
            answer = line.getresponse()
            content = answer.read()
            cookies = "; ".join(
                value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"
            )
            return answer.status, time.monotonic() - began, content, cookies
        except (OSError, http.client.HTTPException):
            return 0, time.monotonic() - began, b"", ""
        finally:
            line.close()

    def page(self) -> tuple[int, float]:
        """Ask for a page that reads the database and the cache."""
        status, seconds, _, _ = self.ask("GET", "/teams/")
        return status, seconds

    def prepare(self, path: str, cookie: str = "") -> tuple[str, str]:
        """Open a form and return its token and cookies, for a visitor who sends it later."""
        _, _, content, cookies = self.ask("GET", path, Cookie=cookie)
        found = _TOKEN.search(content)
        return (found.group(1).decode() if found else ""), "; ".join(filter(None, [cookie, cookies]))

    def write(self, prepared: tuple[str, str]) -> tuple[int, float]:
        """Ask for a new password: a write, a limit in the cache, a job and a mail."""
        token, cookies = prepared
        body = urlencode({"csrfmiddlewaretoken": token, "email": f"{uuid.uuid4().hex[:12]}@example.com"}).encode()
        status, seconds, _, _ = self.ask(
            "POST",
            "/accounts/password/reset/",
            body,
            Cookie=cookies,
            Content_Type="application/x-www-form-urlencoded",
        )
        return status, seconds

    def upload(self, prepared: tuple[str, str]) -> tuple[int, float]:
        """Send a picture, which is stored in three sizes."""
        token, cookies = prepared
        picture = io.BytesIO()
        Image.new("RGB", (600, 600), "purple").save(picture, "PNG")
        edge = uuid.uuid4().hex
        fields = {"csrfmiddlewaretoken": token, "avatar-focus_x": "50", "avatar-focus_y": "50"}
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="avatar-image"; filename="a.png"\r\n'
        body = "".join([*parts, head, "Content-Type: image/png\r\n\r\n"]).encode()
        body += picture.getvalue() + f"\r\n--{edge}--\r\n".encode()
        status, seconds, _, _ = self.ask(
            "POST", "/me/pictures/avatar/", body, Cookie=cookies, Content_Type=f"multipart/form-data; boundary={edge}"
        )
        return status, seconds

    def close(self) -> None:
        """End everything."""
        for line in self.lines.values():
            line.set("down")
        if self.web is not None:
            child.stop(self.web, signal.SIGTERM)
        self.mail.close()
        child.stop(self.s3, signal.SIGTERM)
        self.platform.close()
        self.cache.stop(keep=False)
