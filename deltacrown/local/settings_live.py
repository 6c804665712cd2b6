"""Settings of the site that journeys visit: those of the tests, with mails in a folder where the journey finds them."""

import os
from pathlib import Path

from deltacrown.settings_test_pg import *  # noqa: F403 - a settings module takes all names of its base

_folder = Path(os.environ["LIVE_SITE_FOLDER"])
EMAIL_BACKEND = "apps.core.mail.ContextEmailBackend"
EMAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = _folder / "mail"
MEDIA_ROOT = _folder / "media"
METRICS_DIR = str(_folder / "metrics")
