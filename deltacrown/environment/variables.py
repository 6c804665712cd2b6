"""Every variable that configures the platform: its type, what it is for, an example.

This is the only place. The start-up check, ``.env.example`` and the table in ``docs/configuration.md`` come from here.
``None`` as a default means "depends on the environment"; ``loading.py`` says on what.
"""

import ipaddress
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

EnvironmentName = Literal["development", "testing", "staging", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Port = Annotated[int, Field(ge=1, le=65535)]

GROUPS = (
    "Django",
    "Database",
    "Redis and Celery",
    "E-mail",
    "Files",
    "Backups",
    "Login with other services",
    "External services",
    "Errors and logs",
    "Metrics",
)


def _split(value: Any) -> Any:
    """Turn ``a, b,,`` into ``("a", "b")``: blanks and empty items are dropped."""
    if isinstance(value, str):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    return value


def _is_host(hosts: tuple[str, ...]) -> tuple[str, ...]:
    for host in hosts:
        if "/" in host or " " in host or (":" in host and not host.startswith("[")):
            raise ValueError(f"'{host}' is not a host name: leave out scheme, port and path")
    return hosts


def _is_origin(origins: tuple[str, ...]) -> tuple[str, ...]:
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            raise ValueError(f"'{origin}' is not an origin: scheme and host, nothing behind")
    return origins


def _is_network(networks: tuple[str, ...]) -> tuple[str, ...]:
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise ValueError(f"'{network}' is not a network as 10.0.0.0/8") from None
    return networks


def _is_url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - reading it raises when it is not a port
        except ValueError:
            raise ValueError("is not a URL: its port is not a number from 1 to 65535") from None
        if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
            raise ValueError(f"is not a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value

    return AfterValidator(check)


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
Hosts = Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_is_host)]
Origins = Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_is_origin)]
Networks = Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_is_network)]
RedisUrl = Annotated[str, _is_url("redis", "rediss", "unix")]
HttpUrl = Annotated[str, _is_url("https", "http")]


def variable(default: Any, about: str, example: str, group: str, *, note: str = "") -> Any:
    """Describe one variable. ``note`` says what the default depends on."""
    return Field(default, description=about, examples=[example], json_schema_extra={"group": group, "note": note})


class Environment(BaseModel):
    """The checked configuration of one process."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # --- Django
    ENVIRONMENT: EnvironmentName = variable(
        "development", "Which of the four environments this is.", "production", "Django"
    )
    DEBUG: bool = variable(
        None, "Shows error details to visitors.", "False", "Django", note="on in development, else off"
    )
    SECRET_KEY: SecretStr = variable(
        None,
        "Signs sessions, links in mails and tokens: 50 characters or more, different on each installation.",
        "(from: python -m deltacrown.environment secret)",
        "Django",
        note="development makes its own",
    )
    SECRET_KEY_FALLBACKS: Words = variable(
        (),
        "Earlier keys, comma separated, that still verify what they signed while the key is being changed.",
        "",
        "Django",
    )
    ALLOWED_HOSTS: Hosts = variable(
        None,
        "Host names that the site answers to, comma separated.",
        "deltacrown.gg,www.deltacrown.gg",
        "Django",
        note="development: this machine",
    )
    SITE_URL: HttpUrl = variable(
        None,
        "Where people reach the site; links in mails start with it.",
        "https://deltacrown.gg",
        "Django",
        note="development: http://localhost:8000",
    )
    CSRF_TRUSTED_ORIGINS: Origins = variable(
        (), "Other origins whose forms are accepted.", "https://staging.deltacrown.gg", "Django"
    )
    CORS_ALLOWED_ORIGINS: Origins = variable(
        (), "Other origins whose scripts may call the API.", "https://app.deltacrown.gg", "Django"
    )
    TRUSTED_PROXIES: Annotated[int, Field(ge=0, le=5)] = variable(
        None,
        "How many proxies of ours stand in front; only that many entries of X-Forwarded-For are believed.",
        "1",
        "Django",
        note="1 in staging and production, else 0",
    )
    ADMIN_REQUIRE_MFA: bool = variable(
        None,
        "Staff need a second factor to enter the admin. Only development may switch this off.",
        "True",
        "Django",
        note="off in development, else on",
    )
    DEBUG_TOOLBAR: bool = variable(
        False,
        "Shows statements, templates and times of each page beside it. Only where DEBUG is on in development.",
        "True",
        "Django",
    )
    RELEASE: str = variable(
        "",
        "Version and commit that run, as the deployment names them.",
        "1.4.0+3f2a9c1",
        "Django",
        note="read from git",
    )

    # --- Database
    DB_ENGINE: Literal["django.db.backends.postgresql", "django.db.backends.sqlite3"] = variable(
        "django.db.backends.postgresql", "PostgreSQL, or SQLite for one developer without servers.", "", "Database"
    )
    DB_NAME: str = variable("deltacrown", "Database; for SQLite the path of its file.", "deltacrown", "Database")
    DB_USER: str = variable("deltacrown", "Database role.", "dc_user", "Database")
    DB_PASSWORD: SecretStr = variable(SecretStr(""), "Its password.", "", "Database")
    DB_HOST: str = variable(
        "", "Host or socket folder.", "localhost", "Database", note="the embedded server of `make run`"
    )
    DB_PORT: Port = variable(5432, "Port.", "5432", "Database")
    DB_POOL_SIZE: Annotated[int, Field(ge=1, le=100)] = variable(
        8,
        "Most connections that one process holds. Sum over all processes stays below max_connections.",
        "8",
        "Database",
    )

    DB_ADMIN_USER: str = variable(
        "",
        "A superuser whom runbooks fall back to when all ordinary connections are taken. Empty: DB_USER only.",
        "postgres",
        "Database",
    )
    DB_ADMIN_PASSWORD: SecretStr = variable(SecretStr(""), "Its password.", "", "Database")

    # --- Redis and Celery
    REDIS_URL: RedisUrl | Literal[""] = variable(
        "",
        "Cache. Empty: everything runs in one process, without Redis.",
        "redis://localhost:6379/0",
        "Redis and Celery",
        note="the embedded server of `make run`",
    )
    CELERY_BROKER_URL: RedisUrl | Literal[""] = variable(
        None,
        "Queues and WebSocket messages. Staging and production: another server than the cache, one that never evicts.",
        "redis://localhost:6380/0",
        "Redis and Celery",
        note="REDIS_URL",
    )
    CELERY_RESULT_BACKEND: RedisUrl | Literal[""] = variable(
        "", "Where Celery keeps results. Empty: nowhere; the jobs table holds them.", "", "Redis and Celery"
    )
    FLOWER_USER: str = variable("", "Login of `make flower`. Empty: it does not start.", "ops", "Redis and Celery")
    FLOWER_PASSWORD: SecretStr = variable(
        SecretStr(""), "Its password, of 12 characters or more.", "", "Redis and Celery"
    )

    # --- E-mail
    EMAIL_BACKEND: str = variable(
        None,
        "How mails leave.",
        "django.core.mail.backends.smtp.EmailBackend",
        "E-mail",
        note="development: the mailbox page",
    )
    EMAIL_HOST: str = variable("", "SMTP relay.", "smtp.example.com", "E-mail")
    EMAIL_PORT: Port = variable(587, "Its port.", "587", "E-mail")
    EMAIL_USE_TLS: bool = variable(True, "STARTTLS, usual on port 587.", "True", "E-mail")
    EMAIL_USE_SSL: bool = variable(False, "TLS from the first byte, usual on port 465.", "False", "E-mail")
    EMAIL_HOST_USER: str = variable("", "SMTP user.", "noreply@deltacrown.gg", "E-mail")
    EMAIL_HOST_PASSWORD: SecretStr = variable(SecretStr(""), "SMTP password.", "", "E-mail")
    EMAIL_PER_MINUTE: str = variable(
        "gmail.com=120, yahoo.com=60, outlook.com=60, hotmail.com=60, *=300",
        "Notification mails a minute to each domain, * for any other.",
        "gmail.com=60, *=200",
        "E-mail",
    )
    BOUNCE_MAILBOX: SecretStr = variable(
        SecretStr(""),
        "Where mails that came back are collected, and read every ten minutes. Empty: nowhere.",
        "pops://bounces%40example.com:password@mail.example.com",
        "E-mail",
    )
    DEFAULT_FROM_EMAIL: str = variable(
        "DeltaCrown <noreply@deltacrown.gg>", "Sender of mails.", "DeltaCrown <noreply@deltacrown.gg>", "E-mail"
    )

    # --- Files
    MEDIA_ROOT: str = variable(
        "", "Folder of uploaded files when S3 is off.", "/var/lib/deltacrown/media", "Files", note="var/media"
    )
    USE_S3: bool = variable(False, "Keep uploads and static files in S3-compatible storage.", "True", "Files")
    AWS_ACCESS_KEY_ID: str = variable("", "S3 key. Empty: the machine's own role.", "", "Files")
    AWS_SECRET_ACCESS_KEY: SecretStr = variable(SecretStr(""), "Its secret.", "", "Files")
    AWS_STORAGE_BUCKET_NAME: str = variable("", "Bucket, one per environment.", "deltacrown-production", "Files")
    AWS_S3_REGION_NAME: str = variable("us-east-1", "Region.", "ap-south-1", "Files")
    AWS_S3_ENDPOINT_URL: HttpUrl | Literal[""] = variable(
        "", "Endpoint of a storage that is not Amazon's.", "https://s3.example.com", "Files"
    )
    AWS_S3_CUSTOM_DOMAIN: str = variable("", "CDN host in front of the bucket.", "cdn.deltacrown.gg", "Files")

    # --- Backups
    BACKUP_DIR: str = variable(
        "", "Folder of backup sets, best on another disk.", "/var/backups/deltacrown", "Backups", note="var/backups"
    )
    BACKUP_RECIPIENTS: Words = variable(
        (),
        "Public age keys that backups are encrypted to, comma separated. Staging and production make none without.",
        "age1…",
        "Backups",
    )
    BACKUP_IDENTITY_FILE: str = variable(
        "",
        "File with a secret age key, for proofs and restores on this machine. Keep a copy elsewhere.",
        "/etc/deltacrown/backup.key",
        "Backups",
    )
    BACKUP_FILES: Words = variable(
        (),
        "Other files that are kept with the secrets, comma separated.",
        "/etc/nginx/sites-available/deltacrown",
        "Backups",
    )
    BACKUP_SCRATCH_DIR: str = variable(
        "",
        "Folder where backups are tried out; as much room as the database.",
        "/srv/scratch",
        "Backups",
        note="the system's",
    )
    BACKUP_PING_URL: HttpUrl | Literal[""] = variable(
        "",
        "Asked after each good backup; a service that expects it tells you when it stays away.",
        "https://ping.example.com/backup",
        "Backups",
    )
    BACKUP_S3_BUCKET: str = variable(
        "", "Second place of backups: another account than that of uploads.", "deltacrown-backups", "Backups"
    )
    BACKUP_S3_ENDPOINT_URL: HttpUrl | Literal[""] = variable(
        "", "Endpoint of a storage that is not Amazon's.", "https://s3.example.com", "Backups"
    )
    BACKUP_S3_REGION_NAME: str = variable("us-east-1", "Its region.", "ap-south-1", "Backups")
    BACKUP_S3_ACCESS_KEY_ID: str = variable("", "Its key. Empty: the machine's own role.", "", "Backups")
    BACKUP_S3_SECRET_ACCESS_KEY: SecretStr = variable(SecretStr(""), "Its secret.", "", "Backups")
    BACKUP_S3_LOCK_DAYS: Annotated[int, Field(ge=0, le=3650)] = variable(
        0, "Days for which nobody can delete a set there (object lock of the bucket). 0: none.", "30", "Backups"
    )
    BACKUP_THIRD_BUCKET: str = variable(
        "", "Third place of backups: another provider or region than the second.", "deltacrown-backups-far", "Backups"
    )
    BACKUP_THIRD_ENDPOINT_URL: HttpUrl | Literal[""] = variable(
        "", "Endpoint of a storage that is not Amazon's.", "https://s3.example.org", "Backups"
    )
    BACKUP_THIRD_REGION_NAME: str = variable("us-east-1", "Its region.", "eu-central-1", "Backups")
    BACKUP_THIRD_ACCESS_KEY_ID: str = variable("", "Its key. Empty: the machine's own role.", "", "Backups")
    BACKUP_THIRD_SECRET_ACCESS_KEY: SecretStr = variable(SecretStr(""), "Its secret.", "", "Backups")
    BACKUP_THIRD_LOCK_DAYS: Annotated[int, Field(ge=0, le=3650)] = variable(
        0, "Days for which nobody can delete a set there. 0: none.", "30", "Backups"
    )

    # --- Login with other services
    GOOGLE_CLIENT_ID: str = variable(
        "", "Google login; the button appears when both are set.", "", "Login with other services"
    )
    GOOGLE_CLIENT_SECRET: SecretStr = variable(SecretStr(""), "Its secret.", "", "Login with other services")
    DISCORD_CLIENT_ID: str = variable(
        "", "Discord login; the button appears when both are set.", "", "Login with other services"
    )
    DISCORD_CLIENT_SECRET: SecretStr = variable(SecretStr(""), "Its secret.", "", "Login with other services")

    # --- External services
    DISCORD_WEBHOOK_URL: SecretStr = variable(
        SecretStr(""), "The site's own Discord channel.", "https://discord.com/api/webhooks/…", "External services"
    )
    RIOT_API_KEY: SecretStr = variable(
        SecretStr(""), "Verification of Valorant players (later).", "", "External services"
    )
    PAYPAL_CLIENT_ID: str = variable("", "PayPal; offered when both are set.", "", "External services")
    PAYPAL_SECRET: SecretStr = variable(SecretStr(""), "Its secret.", "", "External services")
    PAYPAL_URL: str = variable(
        "https://api-m.paypal.com",
        "Its API; the sandbox is https://api-m.sandbox.paypal.com.",
        "https://api-m.sandbox.paypal.com",
        "External services",
    )
    PAYPAL_TAKA_PER_DOLLAR: Decimal = variable(
        Decimal("122.50"), "At which rate PayPal is charged: it knows no taka.", "122.50", "External services"
    )

    # --- Errors and logs
    SENTRY_DSN: SecretStr = variable(
        SecretStr(""), "Sentry project. Empty: errors stay here.", "https://key@sentry.example.com/1", "Errors and logs"
    )
    LOG_LEVEL: LogLevel = variable("INFO", "Least severe line that is written.", "INFO", "Errors and logs")
    LOG_DIR: str = variable(
        "", "Folder for django.log and celery.log beside the output.", "/var/log/deltacrown", "Errors and logs"
    )

    # --- Metrics
    METRICS_DIR: str = variable(
        "",
        "Folder in which all processes of this machine count. Best in memory, and the same for every release.",
        "/run/deltacrown/metrics",
        "Metrics",
        note="metrics in LOG_DIR, else var/metrics",
    )
    METRICS_TOKEN: SecretStr = variable(
        SecretStr(""),
        "What Prometheus sends as bearer token to read /metrics, of 20 characters or more.",
        "",
        "Metrics",
    )
    METRICS_NETWORKS: Networks = variable(
        (), "Networks that may read /metrics without the token, comma separated.", "10.0.0.0/8", "Metrics"
    )
