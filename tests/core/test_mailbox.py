"""The mailbox of development: whatever process sends, the page shows; nowhere else is there such a page."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.test import Client

from apps.core.mailbox import store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.ENVIRONMENT = "development"
    settings.EMAIL_BACKEND = "apps.core.mail.ContextEmailBackend"
    settings.EMAIL_TRANSPORT = "apps.core.mailbox.backend.MailboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.SITE_URL = "http://localhost:8000"
    return settings.EMAIL_FILE_PATH


def send(subject: str, *, html: str = "", text: str = "Hello", **fields: Any) -> store.StoredMail:
    message = EmailMultiAlternatives(subject, text, "DeltaCrown <noreply@example.com>", ["mim@example.com"], **fields)
    if html:
        message.attach_alternative(html, "text/html")
    assert message.send() == 1
    return store.newest(limit=1)[0]


def test_a_mail_is_kept_and_told_of_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    mail = send("Verify your e-mail", bcc=["hidden@example.com"])

    assert capsys.readouterr().out == (
        f"Mail to mim@example.com, hidden@example.com: Verify your e-mail http://localhost:8000/mailbox/{mail.id}/\n"
    )
    assert (mail.subject, mail.recipients, mail.text.strip()) == ("Verify your e-mail", "mim@example.com", "Hello")
    assert mail.message["X-Envelope-To"] == "mim@example.com, hidden@example.com"


def test_a_mail_of_another_process_shows_up(client: Client, mailbox: Path) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.core.mail import send_mail\n"
        "send_mail('From the worker', 'Text', None, ['rafi@example.com'])\n"
    )
    settings_of_it = (
        "from deltacrown.settings import *\n"
        "EMAIL_BACKEND = 'apps.core.mailbox.backend.MailboxBackend'\n"
        f"EMAIL_FILE_PATH = {str(mailbox)!r}\n"
    )
    folder = mailbox.parent / "settings"
    folder.mkdir()
    (folder / "worker_settings.py").write_text(settings_of_it)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "worker_settings", "PYTHONPATH": f"{folder}{os.pathsep}."},
        check=True,
        capture_output=True,
    )

    assert "From the worker" in client.get("/mailbox/").content.decode()


def test_the_newest_comes_first(client: Client) -> None:
    for subject in ("First mail", "Second mail"):
        send(subject)
    page = client.get("/mailbox/").content.decode()
    assert page.index("Second mail") < page.index("First mail")


def test_more_than_a_page_goes_on(client: Client) -> None:
    for number in range(53):
        store.save(f"Subject: Mail no. {number}\n\n".encode())
    first = client.get("/mailbox/")
    second = client.get("/mailbox/", {"before": first.context["older"]})

    subjects = [mail.subject for page in (first, second) for mail in page.context["mails"]]
    assert subjects == [f"Mail no. {number}" for number in reversed(range(53))]
    assert second.context["older"] == ""


def test_a_mail_shows_headers_text_with_links_and_html_in_a_sandbox(client: Client) -> None:
    mail = send("Hi", text="Open http://localhost:8000/verify/abc/ now", html="<p>Hello</p>")

    page = client.get(f"/mailbox/{mail.id}/").content.decode()

    assert '<a href="http://localhost:8000/verify/abc/"' in page
    assert f'src="/mailbox/{mail.id}/html/"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Message-ID" in page
    assert b"Subject: Hi" in client.get(f"/mailbox/{mail.id}/source/").content


def test_the_html_of_a_mail_can_run_and_load_nothing(client: Client) -> None:
    mail = send("Hi", html='<script>alert(1)</script><img src="http://tracker.example/x.png">')

    answer = client.get(f"/mailbox/{mail.id}/html/")

    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_markup_in_a_subject_stays_text(client: Client) -> None:
    mail = send("<script>alert(1)</script>")
    for path in ("/mailbox/", f"/mailbox/{mail.id}/"):
        assert "<script>alert(1)" not in client.get(path).content.decode()


def test_a_mail_without_html_has_none(client: Client) -> None:
    mail = send("Plain")
    assert "<iframe" not in client.get(f"/mailbox/{mail.id}/").content.decode()
    assert client.get(f"/mailbox/{mail.id}/html/").status_code == 404


@pytest.mark.parametrize("mail_id", ["x", "..", "1234567890123456789-0000000g", "1234567890123456789-00000000"])
def test_a_mail_that_is_not_there_is_not_found(client: Client, mail_id: str) -> None:
    for path in ("", "html/", "source/"):
        assert client.get(f"/mailbox/{mail_id}/{path}").status_code == 404


def test_clearing_deletes_the_mails_and_nothing_else(client: Client, mailbox: Path) -> None:
    send("Hi")
    (mailbox / "notes.eml").write_text("mine")
    assert client.get("/mailbox/clear/").status_code == 405
    assert store.count() == 1

    answer = client.post("/mailbox/clear/")

    assert answer["Location"] == "/mailbox/"
    assert [path.name for path in mailbox.iterdir()] == ["notes.eml"]


def test_a_mail_to_nobody_is_not_kept() -> None:
    EmailMultiAlternatives("Hi", "Text", None, []).send()
    assert store.count() == 0


@pytest.mark.parametrize("environment", ["testing", "staging", "production"])
def test_outside_development_there_is_no_mailbox(client: Client, settings: Any, environment: str) -> None:
    send_mail("Secret link", "https://example.com/reset/abc/", None, ["mim@example.com"])
    mail = store.newest(limit=1)[0]
    settings.ENVIRONMENT = environment

    for path in ("", f"{mail.id}/", f"{mail.id}/html/", f"{mail.id}/source/"):
        assert client.get(f"/mailbox/{path}").status_code == 404
    assert client.post("/mailbox/clear/").status_code == 404
    assert store.count() == 1


def test_who_waits_for_a_mail_is_shown_the_way_in_development_only(client: Client, settings: Any) -> None:
    path = "/accounts/password/reset/done/"
    assert 'href="/mailbox/"' in client.get(path).content.decode()
    settings.ENVIRONMENT = "production"
    assert "/mailbox/" not in client.get(path).content.decode()


def test_production_refuses_to_keep_its_mails_to_itself() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import deltacrown.settings"],
        env={
            **os.environ,
            "ENVIRONMENT": "production",
            "EMAIL_BACKEND": "apps.core.mailbox.backend.MailboxBackend",
            "EMAIL_HOST": "smtp.example.com",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 78
    assert re.search(r"EMAIL_BACKEND\s+does not send mail\.", answer.stderr)
