"""Rules about several variables at once, and about what staging and production must not run with."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from apps.core.errors import DomainError
from apps.notifications.discord import addresses
from deltacrown.environment import paces
from deltacrown.environment.problems import Problem
from deltacrown.environment.variables import Environment

MIN_KEY_LENGTH = 50
MIN_KEY_VARIETY = 8
MIN_TOKEN_LENGTH = 20
PLACEHOLDERS = ("your-secret-key", "django-insecure", "changeme", "change-me", "secret_key", "example", "placeholder")
SMTP_BACKENDS = ("django.core.mail.backends.smtp.EmailBackend",)
NEW_KEY = "$(python -m deltacrown.environment secret)"

PAIRS = (
    ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    ("DISCORD_CLIENT_ID", "DISCORD_CLIENT_SECRET"),
    ("PAYPAL_CLIENT_ID", "PAYPAL_SECRET"),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("BACKUP_S3_ACCESS_KEY_ID", "BACKUP_S3_SECRET_ACCESS_KEY"),
    ("BACKUP_THIRD_ACCESS_KEY_ID", "BACKUP_THIRD_SECRET_ACCESS_KEY"),
)


def find_broken_rules(env: Environment, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the variables together. ``given`` holds those that were set by somebody."""
    yield from _everywhere(env, given)
    yield from _storage(env)
    yield from _toolbar(env)
    yield from _metrics(env)
    if env.ENVIRONMENT == "development":
        yield from _development(env, given)
    if env.ENVIRONMENT == "testing" and env.DEBUG:
        yield Problem("DEBUG", "must be off in tests, as it is in production.", "False")
    if env.ENVIRONMENT in {"staging", "production"}:
        yield from _secret_key(env)
        yield from _served(env, given)
        yield from _services(env)


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _everywhere(env: Environment, given: Mapping[str, Any]) -> Iterator[Problem]:
    for variable, value in given.items():
        text = _text(value)
        if text.lstrip().startswith("#") or " #" in text:
            yield Problem(
                variable, "holds a comment. systemd and containers take it as the value: put it on its own line."
            )
        elif text != text.strip() or any(ord(character) < 32 for character in text):
            yield Problem(variable, "begins or ends with a space, or holds a line break.")
    for first, second in PAIRS:
        if bool(_text(getattr(env, first))) != bool(_text(getattr(env, second))):
            missing, present = (second, first) if _text(getattr(env, first)) else (first, second)
            yield Problem(missing, f"is missing, though {present} is set: set both or neither.")
    if env.EMAIL_USE_TLS and env.EMAIL_USE_SSL:
        yield Problem("EMAIL_USE_SSL", "and EMAIL_USE_TLS exclude each other: TLS on port 587, SSL on 465.", "False")
    webhook = env.DISCORD_WEBHOOK_URL.get_secret_value()
    if webhook and not _is_webhook(webhook):
        yield Problem("DISCORD_WEBHOOK_URL", "is not a Discord webhook.", "https://discord.com/api/webhooks/…")
    try:
        paces.parse(env.EMAIL_PER_MINUTE)
    except ValueError as error:
        yield Problem("EMAIL_PER_MINUTE", f"{error}.", "gmail.com=60, *=200")
    dsn = env.SENTRY_DSN.get_secret_value()
    if dsn and not (
        urlsplit(dsn).scheme in {"http", "https"} and urlsplit(dsn).username and urlsplit(dsn).path.strip("/")
    ):
        yield Problem("SENTRY_DSN", "is not the DSN of a Sentry project.", "https://key@sentry.example.com/1")


def _metrics(env: Environment) -> Iterator[Problem]:
    token = env.METRICS_TOKEN.get_secret_value()
    if token and len(token) < MIN_TOKEN_LENGTH:
        yield Problem("METRICS_TOKEN", f"is too short: {MIN_TOKEN_LENGTH} random characters or more.", NEW_KEY)
    if any(not ipaddress.ip_network(network).is_private for network in env.METRICS_NETWORKS):
        yield Problem(
            "METRICS_NETWORKS", "names a public network: strangers would read how the platform does.", "10.0.0.0/8"
        )


def _is_webhook(text: str) -> bool:
    try:
        addresses.parse(text)
    except DomainError:
        return False
    return True


def _storage(env: Environment) -> Iterator[Problem]:
    if env.USE_S3 and not env.AWS_STORAGE_BUCKET_NAME:
        yield Problem("AWS_STORAGE_BUCKET_NAME", "is missing, though USE_S3 is on.", "deltacrown-production")
    for name in ("BACKUP_S3_BUCKET", "BACKUP_THIRD_BUCKET"):
        if env.AWS_STORAGE_BUCKET_NAME and getattr(env, name) == env.AWS_STORAGE_BUCKET_NAME:
            yield Problem(
                name, "is the bucket of uploads: what deletes them would delete their backup.", "deltacrown-backups"
            )
    second = (env.BACKUP_S3_BUCKET, env.BACKUP_S3_ENDPOINT_URL)
    if env.BACKUP_THIRD_BUCKET and second == (env.BACKUP_THIRD_BUCKET, env.BACKUP_THIRD_ENDPOINT_URL):
        yield Problem("BACKUP_THIRD_BUCKET", "is the second place again.", "deltacrown-backups-far")
    if env.AWS_S3_CUSTOM_DOMAIN and ("/" in env.AWS_S3_CUSTOM_DOMAIN or ":" in env.AWS_S3_CUSTOM_DOMAIN):
        yield Problem("AWS_S3_CUSTOM_DOMAIN", "is a host name without scheme and path.", "cdn.deltacrown.gg")


def _development(env: Environment, given: Mapping[str, Any]) -> Iterator[Problem]:
    foreign = [host for host in env.ALLOWED_HOSTS if not is_local(host)]
    if foreign and "ENVIRONMENT" not in given:
        yield Problem(
            "ENVIRONMENT", "is missing, though ALLOWED_HOSTS names a public host: say which it is.", "production"
        )
    elif foreign and env.DEBUG:
        yield Problem(
            "DEBUG", "is on, though ALLOWED_HOSTS names a public host: strangers would see your code.", "False"
        )


def _toolbar(env: Environment) -> Iterator[Problem]:
    if env.DEBUG_TOOLBAR and not (env.DEBUG and env.ENVIRONMENT == "development"):
        yield Problem("DEBUG_TOOLBAR", "needs DEBUG in development: it shows settings and statements.", "False")


def is_local(host: str) -> bool:
    """Tell whether only this machine or its own network can reach ``host``."""
    name = host.strip("[].")
    if name in {"localhost", "testserver"} or name.endswith((".localhost", ".local", ".test")):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def _secret_key(env: Environment) -> Iterator[Problem]:
    key = env.SECRET_KEY.get_secret_value()
    if not key:
        yield Problem("SECRET_KEY", "is missing.", NEW_KEY)
    elif any(word in key.lower() for word in PLACEHOLDERS):
        yield Problem("SECRET_KEY", "is a placeholder that everybody knows.", NEW_KEY)
    elif len(key) < MIN_KEY_LENGTH or len(set(key)) < MIN_KEY_VARIETY:
        yield Problem("SECRET_KEY", f"is too short or too simple: {MIN_KEY_LENGTH} random characters or more.", NEW_KEY)


def _served(env: Environment, given: Mapping[str, Any]) -> Iterator[Problem]:
    if env.DEBUG:
        yield Problem("DEBUG", f"must be off in {env.ENVIRONMENT}: it shows code and settings to visitors.", "False")
    if not env.ALLOWED_HOSTS:
        yield Problem("ALLOWED_HOSTS", "is missing: the site would answer nobody.", "deltacrown.gg,www.deltacrown.gg")
    if any(host.strip(".") in {"*", ""} for host in env.ALLOWED_HOSTS):
        yield Problem("ALLOWED_HOSTS", "must name hosts: '*' lets anybody forge links in our mails.", "deltacrown.gg")
    if "SITE_URL" not in given:
        yield Problem("SITE_URL", "is missing: links in mails start with it.", "https://deltacrown.gg")
    elif not env.SITE_URL.startswith("https://"):
        yield Problem("SITE_URL", "must start with https://.", "https://deltacrown.gg")
    if not env.ADMIN_REQUIRE_MFA:
        yield Problem("ADMIN_REQUIRE_MFA", "may be off in development only.", "True")


def _services(env: Environment) -> Iterator[Problem]:
    if env.DB_ENGINE.endswith("sqlite3"):
        yield Problem(
            "DB_ENGINE", "must be PostgreSQL: SQLite holds one writer at a time.", "django.db.backends.postgresql"
        )
    else:
        if not env.DB_HOST:
            yield Problem("DB_HOST", "is missing.", "localhost")
        if not env.DB_PASSWORD.get_secret_value() and not env.DB_HOST.startswith("/"):
            yield Problem("DB_PASSWORD", "is missing. Only a socket folder in DB_HOST works without.")
    if not env.REDIS_URL:
        yield Problem("REDIS_URL", "is missing: processes would not share their cache.", "redis://localhost:6379/0")
    elif _redis_server(env.CELERY_BROKER_URL) == _redis_server(env.REDIS_URL):
        yield Problem(
            "CELERY_BROKER_URL",
            "is the same Redis server as the cache: a full cache would evict waiting work. Run a second one.",
            "redis://localhost:6380/0",
        )
    keeps_mail = ("django.core.mail.backends.", "apps.core.mailbox.")
    if env.EMAIL_BACKEND.startswith(keeps_mail) and env.EMAIL_BACKEND not in SMTP_BACKENDS:
        yield Problem("EMAIL_BACKEND", "does not send mail.", SMTP_BACKENDS[0])
    elif not env.EMAIL_HOST:
        yield Problem("EMAIL_HOST", "is missing.", "smtp.example.com")


def _redis_server(url: str) -> str:
    parts = urlsplit(url)
    host = "localhost" if parts.hostname in {"127.0.0.1", "::1"} else parts.hostname
    return parts.path if parts.scheme == "unix" else f"{host}:{parts.port or 6379}"
