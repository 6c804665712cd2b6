"""Static files of staging and production: the names that JavaScript modules import carry their hash too.

Without this a browser would ask for ``dialogs.js`` again every minute, or run an old one beside a new ``site.js``.
Django can do it for all files or none (``support_js_module_import_aggregation``); all is too many, since packages ship
modules that name files they left out. So only files in a folder ``js`` are read, where ours lie.
"""

import re
from typing import Any

from storages.backends.s3 import S3ManifestStaticStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_HASHED = re.compile(r"\.[0-9a-f]{12}\.[^./]+$")

OUR_MODULES = (
    "*/js/*.js",
    (
        (
            r"""(?P<matched>import(?P<names>\s*\{[^}]*\}\s*|\s+\*\s+as\s+\w+\s+)from\s*["'](?P<url>\.[^"']+)["'];)""",
            """import%(names)sfrom "%(url)s";""",
        ),
        (r"""(?P<matched>import\s*["'](?P<url>\.[^"']+)["'];)""", """import "%(url)s";"""),
    ),
)


class HashedStorage(CompressedManifestStaticFilesStorage):
    """On disk, served by WhiteNoise or nginx."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, OUR_MODULES)


class HashedS3Storage(S3ManifestStaticStorage):
    """In a bucket. Only what has its hash in its name never changes; the rest is asked for again."""

    patterns = (*S3ManifestStaticStorage.patterns, OUR_MODULES)

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        parameters = dict(super().get_object_parameters(name))
        if not _HASHED.search(name):
            parameters["CacheControl"] = "no-cache"
        return parameters
