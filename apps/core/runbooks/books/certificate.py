"""The certificate of the site runs out, or does not belong to its name."""

import shutil
import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from apps.core.runbooks import programs
from apps.core.runbooks.diagnosis import Diagnosis, Look, Remedy, Runbook

SOON = 14  # days; certbot renews with thirty left
TIMEOUT = 3.0


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Read the certificate as a visitor's browser does."""
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme != "https":
        diagnosis.ok("This site has no TLS of its own: SITE_URL begins with http://.")
        return
    host, port = parts.hostname or "", parts.port or 443
    try:
        expires = expiry(host, port)
    except ssl.SSLCertVerificationError as error:
        diagnosis.wrong(f"Browsers refuse the certificate: {error.verify_message}.")
        _propose(diagnosis)
        return
    except OSError as error:
        diagnosis.unknown(f"Nothing answers with TLS at port {port}: {type(error).__name__}. See site-down.")
        return
    days = (expires - datetime.now(UTC)).total_seconds() / 86_400
    diagnosis.evidence["expires"] = expires
    if not diagnosis.judge(
        days >= SOON, f"The certificate runs out in {days:.0f} days ({expires:%F}; renew with {SOON} left)."
    ):
        _propose(diagnosis)


def expiry(host: str, port: int, context: ssl.SSLContext | None = None) -> datetime:
    """Return when the certificate runs out. Raises ``OSError``, of which TLS errors are a kind."""
    with (
        socket.create_connection((host, port), timeout=TIMEOUT) as line,
        (context or ssl.create_default_context()).wrap_socket(line, server_hostname=host) as secure,
    ):
        told = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def _propose(diagnosis: Diagnosis) -> None:
    if shutil.which("certbot") is None:
        diagnosis.advise(
            "certbot is not on this machine: renew where the certificate came from, then nginx -t && reload."
        )
        return
    diagnosis.remedies.append(
        Remedy(
            "Let certbot renew what is due, and have nginx read it.",
            "certbot keeps the old certificate until it has the new one; nginx is tested before it reloads.",
            "Nothing has to be undone.",
            _renew,
        )
    )


def _renew() -> str:
    programs.run("certbot", "renew", "--non-interactive", timeout=180)
    return f"certbot renewed what was due. {programs.reload_nginx()}"


RUNBOOK = Runbook("certificate", "The certificate runs out", look, alerts=("CertificateExpiring",), settle=10.0)
