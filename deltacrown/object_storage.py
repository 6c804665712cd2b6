"""Static files and uploads in a bucket."""

from typing import Any

from deltacrown.environment.variables import Environment

CONNECT_SECONDS, READ_SECONDS = 2, 4


def in_bucket(env: Environment) -> tuple[str, str, dict[str, Any]]:
    """Return the origin that files come from, ``STATIC_URL`` and ``STORAGES``."""
    from botocore.config import Config  # a seventh of a second, for those who use it

    options: dict[str, Any] = {
        "access_key": env.AWS_ACCESS_KEY_ID or None,
        "secret_key": env.AWS_SECRET_ACCESS_KEY.get_secret_value() or None,
        "bucket_name": env.AWS_STORAGE_BUCKET_NAME,
        "region_name": env.AWS_S3_REGION_NAME,
        "endpoint_url": env.AWS_S3_ENDPOINT_URL or None,
        "custom_domain": env.AWS_S3_CUSTOM_DOMAIN or None,
        "querystring_auth": False,
        # Names are random or made of the content, so none is ever taken: looking first would double the requests.
        "file_overwrite": True,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        # botocore's own patience is a minute, five times. Somebody waits for a page.
        "client_config": Config(
            connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1}
        ),
    }
    storages = {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, "location": "media"}},
        "staticfiles": {
            "BACKEND": "apps.common.static_storage.HashedS3Storage",
            "OPTIONS": {**options, "location": "static", "gzip": True},
        },
    }
    origin = (
        f"https://{env.AWS_S3_CUSTOM_DOMAIN}"
        if env.AWS_S3_CUSTOM_DOMAIN
        else env.AWS_S3_ENDPOINT_URL or f"https://{env.AWS_STORAGE_BUCKET_NAME}.s3.amazonaws.com"
    )
    # Other people's storage names the bucket in the path, where Amazon and a CDN name it in the host.
    by_path = bool(env.AWS_S3_ENDPOINT_URL) and not env.AWS_S3_CUSTOM_DOMAIN
    return origin, f"{origin}/{env.AWS_STORAGE_BUCKET_NAME}/static/" if by_path else f"{origin}/static/", storages
