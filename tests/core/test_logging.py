"""A line of the log is one line, says where it comes from, and holds nothing that may not leave."""

import asyncio
import json
import logging
import logging.config
import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from celery.signals import setup_logging
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path

from apps.core import context
from apps.core.logging import configuration
from apps.core.logging.formatting import LineFormatter
from apps.core.logging.handlers import OutputHandler, SharedFileHandler
from deltacrown import gunicorn

FORGED = "Dhaka Wolves\r\n2026-11-23 ERROR apps.economy: paid\x1b[2K\u2028\u202eevil\x85\x00"
FORGED_SHOWN = "Dhaka Wolves\\r\\n2026-11-23 ERROR apps.economy: paid\\x1b[2K\\u2028\\u202eevil\\x85\\x00"


class Lines(logging.Handler):
    """Keeps what the formatter wrote."""

    def __init__(self, form: Any) -> None:
        super().__init__()
        self.setFormatter(LineFormatter(form))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    made = logging.getLogger("apps.test_logging")
    level = made.level
    made.setLevel(logging.DEBUG)
    yield made
    made.handlers.clear()
    made.setLevel(level)


@pytest.fixture
def written(logger: logging.Logger) -> list[str]:
    handler = Lines("json")
    logger.addHandler(handler)
    return handler.lines


@pytest.fixture
def shown(logger: logging.Logger) -> list[str]:
    handler = Lines("readable")
    logger.addHandler(handler)
    return handler.lines


def test_a_line_in_production_is_json_with_all_that_is_known(logger: logging.Logger, written: list[str]) -> None:
    with context.bind(request_id="r-12345678", user_id=7, task_id="t-1", route="teams:team_detail"):
        logger.info("Team %s renamed", 12, extra={"tag": "DWX", "কী": "ঢাকা"})
    line = json.loads(written[0])
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "Team 12 renamed",
        "level": "info",
        "logger": "apps.test_logging",
        "pid": os.getpid(),
        "request_id": "r-12345678",
        "user_id": 7,
        "task_id": "t-1",
        "route": "teams:team_detail",
        "tag": "DWX",
        "কী": "ঢাকা",
    }
    assert "ঢাকা" in written[0]


def test_a_line_in_development_is_for_people(logger: logging.Logger, shown: list[str]) -> None:
    with context.bind(request_id="r-12345678"):
        logger.warning("Team %s renamed", 12, extra={"tag": "DWX"})
    assert shown[0][8:] == " WARNING  apps.test_logging: Team 12 renamed tag=DWX request_id=r-12345678"


@pytest.mark.parametrize("form", ["json", "readable"])
def test_no_field_can_forge_a_line(logger: logging.Logger, form: str) -> None:
    handler = Lines(form)
    logger.addHandler(handler)
    logger.info("Team %s", FORGED, extra={"name_of_team": FORGED, "deep": [{FORGED: FORGED}], FORGED: 1})
    assert handler.lines[0].splitlines() == handler.lines
    assert "\x1b" not in handler.lines[0]
    if form == "json":
        line = json.loads(handler.lines[0])
        assert line["event"] == f"Team {FORGED_SHOWN}"
        assert line["name_of_team"] == FORGED_SHOWN
        assert line["deep"] == [{FORGED_SHOWN: FORGED_SHOWN}]
        assert line[FORGED_SHOWN] == 1


def test_a_trace_for_people_is_indented_so_that_its_message_cannot_pass_for_a_line(
    logger: logging.Logger, shown: list[str]
) -> None:
    fail_with(logger, FORGED)
    first, *rest = shown[0].split("\n")
    assert first.endswith(" ERROR    apps.test_logging: Failed")
    assert rest[0] == "    Traceback (most recent call last):"
    assert [line for line in rest if not line.startswith("    ")] == []
    assert rest[-1] == "    2026-11-23 ERROR apps.economy: paid\\x1b[2K\\u2028\\u202eevil\\x85\\x00"


@pytest.mark.parametrize("form", ["json", "readable"])
def test_no_secret_and_nothing_personal_is_written_wherever_it_stands(logger: logging.Logger, form: str) -> None:
    handler = Lines(form)
    logger.addHandler(handler)
    logger.info("login with password=canary1 from mim@canary2.com")
    logger.info("form %s", {"password": "canary3", "phone": "canary4"})
    logger.info("%(token)s for %(name)s", {"token": "canary5", "name": "mim"})
    logger.info("extra", extra={"authorization": "canary6", "cookies": {"a": "canary7"}, "ip": "canary8"})
    logger.info("headers %s", [("Cookie", "canary0")], extra={"deep": [{"session_id": "canary9"}]})
    logger.info("at %s and %s", "203.0.113.77", "+880 1712 345678")
    fail_with(logger, "Key (email)=(mim@{0}10.com), token: {0}11".format("canary"))
    together = "\n".join(handler.lines)
    assert "canary" not in together
    assert "203.0.113.77" not in together
    assert "345678" not in together
    assert "form {'password': [secret], 'phone': '[personal]'}" in together
    assert "[secret] for mim" in together


def test_a_trace_shows_no_variables(logger: logging.Logger, written: list[str]) -> None:
    hidden = "-".join(["can", "ary"])
    fail_with(logger, "refused", hidden)
    assert hidden not in written[0]
    assert json.loads(written[0])["exception"].splitlines()[-1] == "ValueError: refused"


def test_django_s_request_is_dropped_and_its_path_becomes_the_route(
    logger: logging.Logger, written: list[str], client: Client
) -> None:
    class Match:
        view_name = "account_reset_password_from_key"
        route = "accounts/reset/<key>"

    request = HttpRequest()
    request.path = "/accounts/reset/canary/"
    request.resolver_match = Match()  # type: ignore[assignment]  # all that is read of it
    logger.error("%s: %s", "Internal Server Error", request.path, extra={"request": request, "status_code": 500})
    line = json.loads(written[0])
    assert line["event"] == "Internal Server Error: account_reset_password_from_key"
    assert line["status_code"] == 500
    assert "request" not in line


def test_arguments_that_do_not_fit_and_values_that_break_cost_no_line() -> None:
    written: list[str] = []

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("canary")

    format_line = LineFormatter("json").format
    for message, args, extra in (
        ("two %s %s", ("one",), {}),
        ("breaks %s", (Broken(),), {}),
        ("breaks too", (), {"value": Broken()}),
    ):
        record = logging.LogRecord("apps.x", logging.INFO, "shop.py", 7, message, args, None)
        record.__dict__.update(extra)
        written.append(json.loads(format_line(record))["event"])
    assert written == [
        "two %s %s (its arguments do not fit)",
        "breaks %s (its arguments do not fit)",
        "A line of shop:7 could not be written: RuntimeError",
    ]


def test_long_values_are_cut(logger: logging.Logger, written: list[str]) -> None:
    logger.info("x" * 9_000)
    assert json.loads(written[0])["event"] == "x" * 8_000 + "[…]"


def test_structlog_s_own_loggers_write_the_same_lines(logger: logging.Logger, written: list[str]) -> None:
    with context.bind(request_id="r-12345678"):
        structlog.get_logger("apps.test_logging").info("bound", password="canary", team=12)
    line = json.loads(written[0])
    assert (line["event"], line["password"], line["team"], line["request_id"]) == (
        "bound",
        "[secret]",
        12,
        "r-12345678",
    )


def fail_with(logger: logging.Logger, message: str, hidden: str = "") -> None:
    """Fail and log it, with ``hidden`` in a variable of the frame."""
    try:
        int(message)
    except ValueError as error:
        error.args = (message,)
        logger.exception("Failed")


# --- Configuration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "form"),
    [("development", "readable"), ("testing", "readable"), ("staging", "json"), ("production", "json")],
)
def test_each_environment_has_its_form(environment: str, form: str) -> None:
    made = configuration(environment=environment, level="INFO")
    assert list(made["formatters"]) == [form]
    assert {handler["formatter"] for name, handler in made["handlers"].items() if name != "failures"} == {form}


def test_without_a_folder_everything_goes_to_standard_output() -> None:
    made = configuration(environment="production", level="WARNING")
    assert list(made["handlers"]) == ["console", "failures"]
    assert {name: made["loggers"][name]["level"] for name in ("django", "apps", "celery")} == {
        "django": "WARNING",
        "apps": "WARNING",
        "celery": "WARNING",
    }
    assert made["root"] == {"handlers": ["console", "failures"], "level": "WARNING"}


def test_with_a_folder_the_two_files_of_the_manual_are_written(tmp_path: Path) -> None:
    _run(_write_to_all, tmp_path)
    django, celery = (tmp_path / "django.log").read_text(), (tmp_path / "celery.log").read_text()
    assert [json.loads(line)["logger"] for line in django.splitlines()] == ["django.x", "apps.x", "elsewhere"]
    assert [json.loads(line)["logger"] for line in celery.splitlines()] == ["celery.x"]


def _write_to_all(folder: Path) -> None:
    logging.config.dictConfig(configuration(environment="production", level="INFO", directory=str(folder)))
    for name in ("django.x", "apps.x", "celery.x", "elsewhere", "botocore.x"):
        logging.getLogger(name).info("here")
        logging.getLogger(name).debug("not here")


def test_a_folder_that_cannot_be_written_is_said_once_and_stops_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing" / "django.log"
    handler = SharedFileHandler(str(missing))
    record = logging.LogRecord("apps.x", logging.INFO, "", 0, "hello", None, None)
    handler.emit(record)
    handler.emit(record)
    assert capsys.readouterr().err == (
        f"Log file {missing}: No such file or directory. Lines go to standard output only.\n"
    )
    missing.parent.mkdir()
    monkeypatch.setattr("apps.core.logging.handlers.time.monotonic", lambda: handler._closed_until)
    handler.emit(record)
    assert missing.read_text() == "hello\n"
    handler.close()


def test_a_closed_standard_output_loses_its_own_lines_and_no_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    file = tmp_path / "django.log"
    logger = logging.Logger("apps.x")
    logger.addHandler(OutputHandler())
    logger.addHandler(SharedFileHandler(str(file)))
    with monkeypatch.context() as closed:
        closed.setattr(sys, "stdout", Closed())
        logger.warning("while it is closed")
    logger.warning("open again")
    assert file.read_text() == "while it is closed\nopen again\n"
    assert capsys.readouterr() == ("open again\n", "")


def test_four_processes_lose_no_line_while_the_file_is_rotated(tmp_path: Path) -> None:
    file = tmp_path / "django.log"
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_write_2000, args=(tmp_path, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    rotated = 0
    while any(writer.is_alive() for writer in writers):
        if file.exists() and file.stat().st_size > 100_000:
            rotated += 1
            file.rename(tmp_path / f"django.log.{rotated}")
        writers[0].join(timeout=0.01)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert rotated >= 3
    lines = [line for part in tmp_path.glob("django.log*") for line in part.read_text().splitlines()]
    seen = sorted((json.loads(line)["writer"], json.loads(line)["number"]) for line in lines)
    assert seen == [(writer, number) for writer in range(4) for number in range(2000)]


def _write_2000(folder: Path, writer: int) -> None:
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - this process ends right after
    logging.config.dictConfig(configuration(environment="production", level="INFO", directory=str(folder)))
    logger = logging.getLogger("apps.x")
    for number in range(2000):
        logger.info("line", extra={"writer": writer, "number": number, "pad": "p" * (number % 300)})


def _run(target: Any, folder: Path) -> None:
    """Run in a process of its own, because it configures the process's logging."""
    process = multiprocessing.get_context("fork").Process(target=target, args=(folder,))
    process.start()
    process.join(timeout=30)
    assert process.exitcode == 0


def test_the_servers_and_celery_write_through_the_same_configuration() -> None:
    settings_logging = configuration(environment="testing", level=settings.LOG_LEVEL, directory=settings.LOG_DIR)
    assert settings_logging == settings.LOGGING
    assert gunicorn.logconfig_dict == settings.LOGGING
    received = setup_logging.send(sender=None)
    assert [response for receiver, response in received] == [None]


def test_logrotate_keeps_what_the_manual_says() -> None:
    text = (Path(settings.BASE_DIR) / "deploy/logrotate/deltacrown").read_text()
    assert text.split("{")[0].strip().splitlines()[-1] == "/var/log/deltacrown/*.log"
    directives = {line.strip() for line in text.split("{")[1].split("}")[0].splitlines()}
    assert {"size 15M", "rotate 10", "compress", "delaycompress", "missingok"} <= directives
    assert "copytruncate" not in directives  # it loses the lines between copy and truncate


# --- The access line --------------------------------------------------------------------------------------------------


def teapot(request: HttpRequest, key: str = "") -> HttpResponse:
    return HttpResponse("short and stout", status=418)


urlpatterns = [path("teapot/<key>/", teapot, name="teapot")]
here = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def access(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="apps.core.middleware.access"):
        yield caplog


@here
@pytest.mark.parametrize(
    ("url", "said", "route"),
    [
        ("/teapot/canary/?q=canary", "GET teapot 418", "teapot"),
        ("/broken-link/?q=canary", "GET /broken-link/ 404", "/broken-link/"),
    ],
)
def test_the_access_line_names_the_route_and_never_the_values(
    client: Client, access: pytest.LogCaptureFixture, url: str, said: str, route: str
) -> None:
    client.get(url)
    record = next(record for record in access.records if record.name == "apps.core.middleware.access")
    assert record.getMessage() == said
    assert record.__dict__["route"] == route
    assert record.__dict__["method"] == "GET"
    assert 0 <= record.__dict__["ms"] < 5000
    assert "canary" not in LineFormatter("json").format(record)


@here
def test_pages_under_asgi_have_the_line_too(access: pytest.LogCaptureFixture) -> None:
    async def get() -> Any:
        return await AsyncClient().get("/teapot/x/")

    asyncio.run(get())
    assert [record.getMessage() for record in access.records if record.name.startswith("apps.")] == ["GET teapot 418"]
