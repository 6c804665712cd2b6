"""What the site leans on: the certificate that visitors get, the static files that pages name."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

from apps.core.metrics.families import services

EXPIRY = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def tls_port(tmp_path: Path) -> Iterator[int]:
    """A server with a certificate that nobody signed, until ``EXPIRY``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "deltacrown.test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(EXPIRY - timedelta(days=90)).not_valid_after(EXPIRY)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(secret + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client, context.wrap_socket(client, server_side=True) as wrapped:
            wrapped.recv(1)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def test_the_certificate_tells_when_it_runs_out_although_nobody_trusts_it(
    tls_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TLS_SECONDS", 60.0)  # a loaded machine is no fault of the certificate
    assert services.expiry_of("127.0.0.1", tls_port) == EXPIRY.timestamp()


def test_a_site_without_tls_is_not_asked(settings: Any) -> None:
    settings.SERVED = True
    settings.SITE_URL = "http://localhost:1"
    assert services.certificate() == {}


class Hashed(ManifestStaticFilesStorage):
    def __init__(self, folder: Path, names: dict[str, str]) -> None:
        super().__init__(location=folder, base_url="/static/")
        self.hashed_files = names


def test_static_files_that_pages_name_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.1234.css").touch()
    names = {"site.css": "site.1234.css", "site.js": "site.5678.js"}
    monkeypatch.setattr(services, "staticfiles_storage", Hashed(tmp_path, names))
    assert services.static_files() == {services.STATIC_MISSING.name: 1}
    (tmp_path / "site.5678.js").touch()
    assert services.static_files() == {services.STATIC_MISSING.name: 0}


def test_without_a_manifest_no_page_has_its_styles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "staticfiles_storage", Hashed(tmp_path, {}))
    assert services.static_files() == {services.STATIC_MISSING.name: 1}


def test_where_names_are_not_hashed_there_is_nothing_to_miss() -> None:
    assert services.static_files() == {}
