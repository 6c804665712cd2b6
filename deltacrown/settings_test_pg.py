"""Settings of the test suite: the same as everywhere, with PostgreSQL and Redis that the suite starts."""

import os

os.environ["ENVIRONMENT"] = "testing"  # before the settings read it

from deltacrown.settings import *  # noqa: F403 - a settings module takes all names of its base

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
