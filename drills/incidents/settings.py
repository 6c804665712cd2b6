"""The site with hashed static files and logs where the drill wants them."""

import os

from deltacrown.settings import *  # noqa: F403 - a settings module takes all names of its base

STATIC_ROOT = os.environ["DRILL_STATIC_ROOT"]
STORAGES["staticfiles"] = {"BACKEND": "apps.common.static_storage.HashedStorage"}  # noqa: F405 - from the base
EVIDENCE_DIR = os.environ["DRILL_EVIDENCE"]
