"""Mailboxes in which a mail server collects what came back: a Maildir, or one reached by POP3 over TLS."""

import mailbox
import poplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

# A report with the mail that came back; what is longer is no report of a mail of ours.
LONGEST = 1_000_000
# The newest of a mailbox; the rest waits for the next run.
AT_ONCE = 500
TIMEOUT_SECONDS = 30
EXAMPLE = "pops://bounces%40example.com:password@mail.example.com or maildir:///srv/mail/bounces"


class Unusable(Exception):
    """The mailbox has no address that we can read, or does not open. The message says why, without a password."""


# A mail, and what deletes it there.
Mail = tuple[bytes, Callable[[], object]]


@contextmanager
def opened(address: str) -> Iterator[Iterator[Mail]]:
    """Open the mailbox and give its mails. Deleting holds from the end of the block on.

    Raises:
        Unusable: The address makes no sense, or the mailbox does not open.
    """
    parts = urlsplit(address)
    if parts.scheme == "maildir" and parts.path and not parts.netloc:
        if not (Path(parts.path) / "new").is_dir():
            raise Unusable(f"There is no Maildir at {parts.path}.")
        yield _in_maildir(mailbox.Maildir(parts.path, create=False))
    elif parts.scheme == "pops" and parts.hostname and parts.username and parts.password is not None:
        try:
            server = poplib.POP3_SSL(
                parts.hostname, parts.port or 995, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        except OSError as error:
            raise Unusable(f"{parts.hostname} does not answer: {error}") from error
        try:
            server.user(unquote(parts.username))
            server.pass_(unquote(parts.password))
            yield _at_server(server)
            server.quit()
        except (poplib.error_proto, OSError) as error:
            raise Unusable(f"{parts.hostname} ended the conversation: {error}") from error
        finally:
            server.close()
    else:
        raise Unusable(f"A mailbox's address looks like {EXAMPLE}.")


def _in_maildir(box: mailbox.Maildir) -> Iterator[Mail]:
    for key in box.keys()[-AT_ONCE:]:
        try:
            with box.get_file(key) as file:
                text = file.read(LONGEST)
        except (KeyError, FileNotFoundError):
            continue  # somebody else who reads at this moment took it in
        yield text, partial(box.discard, key)


def _at_server(server: poplib.POP3_SSL) -> Iterator[Mail]:
    _, sizes, _ = server.list()
    for line in sizes[-AT_ONCE:]:
        number, size = map(int, line.split()[:2])
        if size > LONGEST:
            continue
        _, lines, _ = server.retr(number)
        yield b"\r\n".join(lines), partial(server.dele, number)
