"""What the site leans on: whether each answers, which release runs, the certificate, the static files."""

import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage
from django.core.files.storage import FileSystemStorage

from apps.core import health
from apps.core.metrics.sources import Family, Source, Values

UP = Family("deltacrown_dependency_up", "1 when it answers as it should, as /readyz asks it.", ("dependency",))
SECONDS = Family("deltacrown_dependency_duration_seconds", "How long it took to answer.", ("dependency",))
RELEASE = Family("deltacrown_release_info", "1 for the release that answers.", ("version", "commit"))
INSTALLED = Family("deltacrown_release_timestamp_seconds", "When the files of this release were put here.")
MAINTENANCE = Family("deltacrown_maintenance", "1 while the site is closed for maintenance.")
CERTIFICATE = Family(
    "deltacrown_certificate_expiry_timestamp_seconds", "When the certificate that visitors get runs out.", ("host",)
)
STATIC_MISSING = Family("deltacrown_static_files_missing", "Static files that pages name and nobody has.")
TLS_SECONDS = 2.0


def dependencies() -> Values:
    results = health.report().results
    told = health.version()
    release: dict[tuple[str, ...], float] = {(told["version"], told["commit"]): 1.0}
    return {
        UP.name: {result.name: float(result.ok) for result in results},
        SECONDS.name: {result.name: result.ms / 1000 for result in results},
        RELEASE.name: release,
        INSTALLED.name: installed_at(),
        MAINTENANCE.name: float(Path(settings.MAINTENANCE_FILE).exists()),
    }


def installed_at() -> float:
    """Return when the files of this release were put here, in seconds since 1970. Going back is no new release."""
    return (Path(settings.BASE_DIR) / "manage.py").stat().st_ctime


def certificate() -> Values:
    """Ask as a visitor does. Where the site has no TLS there is nothing to run out."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname or not settings.SERVED:
        return {}
    return {CERTIFICATE.name: {site.hostname: expiry_of(site.hostname, site.port or 443)}}


def expiry_of(host: str, port: int) -> float:
    """Return when the certificate of a server runs out, in seconds since 1970, whether it is valid or not."""
    how = ssl.create_default_context()
    how.check_hostname = False
    how.verify_mode = ssl.CERT_NONE  # one that ran out or is self-signed has a date as well
    with (
        socket.create_connection((host, port), timeout=TLS_SECONDS) as line,
        how.wrap_socket(line, server_hostname=host) as wrapped,
    ):
        encoded = wrapped.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(encoded or b"").not_valid_after_utc.timestamp()


def static_files() -> Values:
    """Count the files that the manifest names and the folder lacks; without a manifest no page has its styles."""
    storage = staticfiles_storage
    if not isinstance(storage, HashedFilesMixin) or not isinstance(storage, FileSystemStorage):
        return {}  # names are not hashed, or the files lie in a bucket
    hashed = getattr(storage, "hashed_files", {})
    if not hashed:
        return {STATIC_MISSING.name: 1.0}
    return {STATIC_MISSING.name: sum(not Path(storage.path(name)).is_file() for name in hashed.values())}


SOURCES = (
    Source("dependencies", (UP, SECONDS, RELEASE, INSTALLED, MAINTENANCE), dependencies, fresh_for=1, database=False),
    Source("certificate", (CERTIFICATE,), certificate, fresh_for=600, database=False),
    Source("static files", (STATIC_MISSING,), static_files, fresh_for=60, database=False),
)
