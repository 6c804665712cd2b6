"""Uploads and static files in S3-compatible storage, against a real S3 server."""

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "deltacrown-test"
CDN = "cdn.deltacrown.test"
READ = "import json; from django.conf import settings as s; print(json.dumps([s.STATIC_URL, s.S3_ORIGIN, "
READ += "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['script-src'], s.STORAGES['staticfiles']['BACKEND'], "
READ += "s.STORAGES['default']['OPTIONS']['location']]))"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run an S3 server with an empty bucket; the address comes back."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    made.start()
    host, port = made.get_host_and_port()
    url = f"http://{host}:{port}"
    client(url).create_bucket(Bucket=BUCKET)
    yield url
    made.stop()


def client(url: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=url, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )


def options(url: str, **more: Any) -> dict[str, Any]:
    """As ``settings`` makes them with ``USE_S3``."""
    return {
        "access_key": "test",
        "secret_key": "test",
        "bucket_name": BUCKET,
        "region_name": "us-east-1",
        "endpoint_url": url,
        "querystring_auth": False,
        "file_overwrite": True,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        "client_config": Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1}),
        **more,
    }


@pytest.fixture
def site(server: str, settings: Any, tmp_path: Path) -> str:
    """A site whose files are in the bucket, with three static files of its own."""
    shop = tmp_path / "sources" / "shop" / "js"
    shop.mkdir(parents=True)
    (tmp_path / "sources" / "shop" / "shop.css").write_text("body{background:url('dot.png')}" + "/*long*/" * 200)
    (tmp_path / "sources" / "shop" / "dot.png").write_bytes(b"dot")
    (shop / "one.js").write_text('import "./two.js";')
    (shop / "two.js").write_text("export const two = 2;")
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options(server, location="media")},
        "staticfiles": {
            "BACKEND": "apps.common.static_storage.HashedS3Storage",
            "OPTIONS": options(server, location="static", gzip=True, custom_domain=CDN),
        },
    }
    return server


def keys(url: str, prefix: str) -> list[str]:
    return [each["Key"] for each in client(url).list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def test_collectstatic_puts_hashed_compressed_files_into_the_bucket(site: str) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    [css] = [key for key in keys(site, "static/shop/shop.") if key.count(".") == 2]
    found = client(site).get_object(Bucket=BUCKET, Key=css)
    assert found["ContentEncoding"] == "gzip"
    assert found["ContentType"] == "text/css"
    assert found["CacheControl"] == "public, max-age=31536000, immutable"
    text = gzip.decompress(found["Body"].read()).decode()
    assert "dot." in text
    assert "dot.png'" not in text  # the hashed name, not the plain one


def test_modules_import_each_other_by_their_hashed_names(site: str) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    [one] = [key for key in keys(site, "static/shop/js/one.") if key.count(".") == 2]
    [two] = [key for key in keys(site, "static/shop/js/two.") if key.count(".") == 2]
    found = client(site).get_object(Bucket=BUCKET, Key=one)
    text = gzip.decompress(found["Body"].read()).decode()
    assert two.rsplit("/", 1)[-1] in text


def test_what_has_no_hash_in_its_name_is_asked_for_again(site: str) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    for key in ("static/shop/shop.css", "static/staticfiles.json"):
        assert client(site).head_object(Bucket=BUCKET, Key=key)["CacheControl"] == "no-cache"


def test_pages_name_static_files_by_the_cdn(site: str) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    url = storages["staticfiles"].url("shop/shop.css")
    assert url.startswith(f"https://{CDN}/static/shop/shop.")
    assert urlsplit(url).query == ""
    assert urlsplit(url).path.removeprefix("/") in keys(site, "static/")


def test_an_upload_arrives_and_is_read_and_deleted(site: str) -> None:
    storage = storages["default"]
    name = storage.save("team_logo/ab/abcdef-512.webp", ContentFile(b"picture"))
    assert keys(site, "media/") == [f"media/{name}"]
    with storage.open(name) as file:
        assert file.read() == b"picture"
    url = storage.url(name)
    assert "Signature" not in url  # people's pictures are public, and their address is the same for ever
    assert urlsplit(url).path == f"/{BUCKET}/media/{name}"
    assert client(site).head_object(Bucket=BUCKET, Key=f"media/{name}")["CacheControl"].endswith("immutable")
    storage.delete(name)
    assert keys(site, "media/") == []


def test_a_storage_that_hangs_is_given_up_within_seconds(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {
                "BACKEND": "storages.backends.s3.S3Storage",
                "OPTIONS": options(
                    url, client_config=Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
                ),
            },
        }
        began = time.monotonic()
        with pytest.raises(Exception, match="timeout"):
            storages["default"].save("x.webp", ContentFile(b"x"))
        assert time.monotonic() - began < 30  # once, and not five times a minute


@pytest.mark.parametrize(
    ("domain", "endpoint", "static_url", "origin"),
    [
        (CDN, "", f"https://{CDN}/static/", f"https://{CDN}"),
        ("", "https://s3.example.com", f"https://s3.example.com/{BUCKET}/static/", "https://s3.example.com"),
        ("", "", f"https://{BUCKET}.s3.amazonaws.com/static/", f"https://{BUCKET}.s3.amazonaws.com"),
    ],
)
def test_the_settings_lead_to_the_bucket_or_its_cdn(domain: str, endpoint: str, static_url: str, origin: str) -> None:
    environment = {
        **os.environ,
        "ENVIRONMENT": "testing",
        "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        "USE_S3": "True",
        "AWS_STORAGE_BUCKET_NAME": BUCKET,
        "AWS_S3_CUSTOM_DOMAIN": domain,
        "AWS_S3_ENDPOINT_URL": endpoint,
    }
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert json.load(io.StringIO(done.stdout)) == [
        static_url,
        origin,
        ["'self'", origin],
        "apps.common.static_storage.HashedS3Storage",
        "media",
    ]
