"""Twenty secrets and forged lines, through every form, header and address: none comes out sideways.

A spider walks the site as a stranger, as a player and as staff. Whatever form it meets it sends with a secret and a
forged log line in each field. Afterwards the secrets are looked for in all that leaves sideways: lines in both forms,
the list of errors, the list of slow statements, metrics.
"""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import Resolver404, include, path, resolve
from prometheus_client.parser import text_string_to_metric_families

from apps.core.failures.writer import writer
from apps.core.logging.formatting import LineFormatter
from apps.core.metrics import exposition
from apps.core.models import ErrorGroup, ErrorSighting, SlowQuery
from tests.core.figures import metrics_folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "CANARY"  # in every secret, so that one search finds all of them
FORGED = "FORGEDLINE"
SECRETS = {
    "password": f"hunter2{MARK}01!",
    "passphrase": f"correct horse {MARK}02 staple",
    "api key": f"sk_live_{MARK}03a9F8",
    "token": f"ghp_{MARK}04xYz0123456789abcdefABCDEF0123",
    "bearer": f"Bearer {MARK}05.aaa.bbb",
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.{MARK}06.c2ln",
    "dsn": f"postgres://admin:{MARK}07@db.internal/site",
    "redis": f"redis://:{MARK}08@10.0.0.5:6379/0",
    "aws": f"AKIA{MARK}09EXAMPLE",
    "private key": f"-----BEGIN PRIVATE KEY-----\n{MARK}10\n-----END PRIVATE KEY-----",
    "cookie": f"sessionid={MARK}11abcdefghij0123456789klmnop",
    "webhook": f"https://discord.com/api/webhooks/1/{MARK}12-abcdef",
    "mail": f"{MARK}13@private.example",
    "phone": f"+88017{MARK}14",
    "otp": f"{MARK}15-492817",
    "recovery": f"{MARK}16-abcd-efgh",
    "sentry": f"https://{MARK}17@sentry.example.com/1",
    "json": json.dumps({"password": f"{MARK}18"}),
    "sql": f"'; DROP TABLE x; -- {MARK}19",
    "quoted": f'it\'s "{MARK}20"',
}
BREAKS = ["\n", "\r\n", "\r", "\x0b", "\x1b[2K", "\u2028", "\x85"]
_VALUES = [
    f"{secret}{brk}12:00:00 CRITICAL {FORGED}: hacked{brk}"
    + json.dumps({"level": "critical", "event": f"{FORGED} hacked"})
    for secret, brk in zip(SECRETS.values(), BREAKS * 3, strict=False)
]
LISTS: dict[str, type[Model]] = {"errors": ErrorGroup, "numbers": ErrorSighting, "slow": SlowQuery}
SEVERAL_LINES = ("trace", "statement")
MOST_VIEWS = 45
# Sending these would end the walk, not test more.
ENDS_THE_WALK = ("logout", "delete", "deactivate", "disband", "i18n")


def break_with(request: HttpRequest, how: str) -> HttpResponse:
    """Fail with secrets in everything that an error report could pick up."""
    secret = request.GET.get("secret", "") or request.POST.get("secret", "") or request.headers.get("X-Secret", "")
    password = secret  # noqa: F841 - a local variable, for reports that show them
    if how == "value":
        int(secret)
    if how == "key":
        return HttpResponse({}[secret])
    if how == "row":
        get_user_model().objects.create(username="taken", email=secret)
        get_user_model().objects.create(username="taken", email=secret)
    if how == "sql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [secret])
    raise RuntimeError(f"Cannot use {secret!r}")


urlpatterns = [path("break/<how>/", break_with), path("", include("deltacrown.urls"))]
handler500 = "apps.core.views.errors.server_error"


@dataclass
class Form:
    action: str
    method: str
    fields: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag in ("input", "textarea", "select") and given.get("name") and self.forms:
            form = self.forms[-1]
            # What somebody chooses from a list keeps the first form of abuse: another value than offered.
            if given.get("type") == "hidden" and given["name"] in ("csrfmiddlewaretoken", "action"):
                form.given[given["name"]] = given.get("value", "")
            else:
                form.fields.append(given["name"])


class Spider:
    """Walks the site as one person, and sends every form that it meets."""

    def __init__(self, user: Any, starts: list[str]) -> None:
        self.user = user
        self.client = Client(raise_request_exception=False, headers=_headers())
        self.waiting = list(starts)
        self.seen: set[str] = set()
        self.sent = 0
        self._log_in()

    def _log_in(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)

    def walk(self) -> None:
        while self.waiting and len(self.seen) < MOST_VIEWS:
            self._visit(self.waiting.pop(0))

    def _visit(self, address: str) -> None:
        view = _view(address)
        if not view or view in self.seen or any(word in view for word in ENDS_THE_WALK):
            return
        self.seen.add(view)
        answer = self.client.get(urlsplit(address).path, {"q": _VALUES[0], "next": _VALUES[1], "page": _VALUES[2]})
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            answer = self.client.get(urlsplit(address).path)
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            return
        page = Page(answer.content.decode())
        self.waiting += page.links
        for form in page.forms:
            self._send(form, address)

    def _send(self, form: Form, address: str) -> None:
        target = form.action or address
        view = _view(target)
        if not view or any(word in view for word in ENDS_THE_WALK):
            return
        data = {name: _VALUES[(self.sent + n) % len(_VALUES)] for n, name in enumerate(form.fields)}
        send = self.client.post if form.method == "post" else self.client.get
        answer = send(urlsplit(target).path, {**form.given, **data})
        self.sent += 1
        # Django's admin fails on a forged choice, which only staff could send; what matters here is what that tells.
        assert answer.status_code < 500 or view.startswith("admin:"), f"{target} failed with {answer.status_code}"
        self._log_in()


def _headers() -> dict[str, str]:
    """Headers of a client that tells too much. Line breaks cannot come in headers: servers refuse them."""
    return {
        "User-Agent": f"Mozilla/5.0 {SECRETS['api key']} \x1b[31m{FORGED}",
        "Referer": f"https://example.com/?token={SECRETS['token']}",
        "X-Forwarded-For": f"198.51.100.7, {SECRETS['aws']}",
        "X-Request-ID": f"{SECRETS['otp']} {FORGED}",
        "Accept-Language": f"en, {SECRETS['recovery']}",
        "Authorization": SECRETS["bearer"],
        "X-Secret": SECRETS["password"],
    }


def _view(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/"):
        return ""
    try:
        return resolve(parts.path).view_name
    except Resolver404:
        return ""


class Sideways:
    """All that leaves the process beside its answers."""

    def __init__(self) -> None:
        self.streams = {form: io.StringIO() for form in ("json", "readable")}
        self.handlers = []
        for form, stream in self.streams.items():
            handler = logging.StreamHandler(stream)
            handler.setFormatter(LineFormatter(form))  # type: ignore[arg-type] # one of the two
            self.handlers.append(handler)

    def __enter__(self) -> "Sideways":
        for name in ("", "celery"):
            for handler in self.handlers:
                logging.getLogger(name).addHandler(handler)
        return self

    def __exit__(self, *error: object) -> None:
        for name in ("", "celery"):
            for handler in self.handlers:
                logging.getLogger(name).removeHandler(handler)

    def everything(self) -> dict[str, str]:
        writer.flush(20)
        return {
            **{f"log, {form}": stream.getvalue() for form, stream in self.streams.items()},
            **{name: json.dumps(list(model.objects.values()), default=str) for name, model in LISTS.items()},
            "metrics": exposition.as_text("text/plain")[0].decode(),
        }

    def assert_nothing_told(self) -> None:
        for place, text in self.everything().items():
            found = text.find(MARK)
            assert found == -1, f"{place}: {text[max(0, found - 300) : found + 100]}"

    def assert_no_line_forged(self) -> None:
        """Whatever is told of a forged line is inside a line of ours."""
        for line in self.streams["json"].getvalue().splitlines():
            told = json.loads(line)
            assert told["level"] != "critical"
            assert not str(told["event"]).startswith(FORGED)
        for line in self.streams["readable"].getvalue().splitlines():
            assert not line.startswith("12:00:00 CRITICAL")
        for row in (row for model in LISTS.values() for row in model.objects.values()):
            for name, text in ((name, text) for name, text in row.items() if isinstance(text, str)):
                assert name in SEVERAL_LINES or len(text.splitlines()) <= 1, f"{name}: {text!r}"
                assert "\x1b" not in text, f"{name}: {text!r}"
                assert not any(line.lstrip().startswith(("12:00:00", FORGED)) for line in text.splitlines()), text
        self._assert_figures_are_ours()

    @staticmethod
    def _assert_figures_are_ours() -> None:
        """No name, label or line of the figures came from a visitor."""
        text = exposition.as_text("text/plain")[0].decode()
        assert FORGED not in text
        families = list(text_string_to_metric_families(text))
        assert sum(len(family.samples) for family in families) == sum(line[0] != "#" for line in text.splitlines())
        counted = [one for family in families for one in family.samples if one.name == "http_requests_total"]
        assert counted, "the walk was not counted"
        assert {one.labels["method"] for one in counted} <= {"GET", "POST", "other"}


@pytest.fixture(autouse=True)
def listing(settings: Any, folder: Path) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.FAILURE_LIST = True
    settings.ADMIN_REQUIRE_MFA = False
    settings.SLOW_QUERY_MS = 2  # many statements are such that a line and a row tell of them
    yield
    writer.flush(20)


@pytest.fixture
def sideways() -> Iterator[Sideways]:
    with Sideways() as made:
        yield made


def test_there_are_twenty_secrets_of_twenty_shapes() -> None:
    assert len({secret for secret in SECRETS.values() if MARK in secret}) == 20


@pytest.mark.slow
@pytest.mark.parametrize("who", ["stranger", "player", "staff"])
def test_no_form_no_header_and_no_address_tells_a_secret(who: str, sideways: Sideways) -> None:
    make = get_user_model().objects
    user = {
        "stranger": lambda: None,
        "player": lambda: make.create_user("player", email="player@example.com", password="x"),
        "staff": lambda: make.create_superuser("staff", email="staff@example.com", password="x"),
    }[who]()
    starts = ["/admin/", "/"] if who == "staff" else ["/", "/accounts/signup/", "/accounts/login/", "/teams/create/"]
    spider = Spider(user, starts)
    spider.walk()
    assert spider.sent >= 10, f"{who} met {spider.sent} forms on {sorted(spider.seen)}"
    sideways.assert_nothing_told()
    sideways.assert_no_line_forged()


@pytest.mark.parametrize(
    ("how", "way"),
    [("value", "query"), ("key", "header"), ("row", "body"), ("sql", "query"), ("sql", "body"), ("other", "header")],
)
def test_no_failure_tells_a_secret(how: str, way: str, sideways: Sideways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_ENVIRONMENT", SECRETS["dsn"])
    client = Client(raise_request_exception=False, headers=_headers())
    for value in _VALUES:
        if way == "query":
            answer = client.get(f"/break/{how}/", {"secret": value})
        elif way == "body":
            answer = client.post(f"/break/{how}/", {"secret": value})
        else:
            answer = client.get(f"/break/{how}/", headers={"X-Secret": value.splitlines()[0]})
        assert answer.status_code >= 500
        if way != "query":  # its own query stands in the link "Try again"
            assert MARK not in answer.content.decode()
    sideways.assert_nothing_told()
    assert ErrorGroup.objects.exists()
    sideways.assert_no_line_forged()


def test_breaks_in_methods_and_addresses_forge_no_figure(sideways: Sideways) -> None:
    client = Client(raise_request_exception=False)
    for number, brk in enumerate(BREAKS):
        sample = f'{brk}http_requests_total{{method="{FORGED}",route="{FORGED}",status="200"}} 9{brk}'
        client.generic(f"GET{sample}", f"/break/other/{number}")
        client.get(f"/break/{sample}/", {"page": sample})
        client.get(f"/nowhere/{sample}")
    sideways.assert_no_line_forged()
