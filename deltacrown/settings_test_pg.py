"""Settings of the test suite: the same as everywhere, with PostgreSQL and Redis that the suite starts."""

import os

os.environ["ENVIRONMENT"] = "testing"  # before the settings read it

from deltacrown.settings import *  # noqa: F403 - a settings module takes all names of its base

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Each parallel worker has Redis databases of its own, so that one test's cache and messages are no other's. To empty
# the cache is to empty its database, so live messages have another: an open page would hear nothing for a while.
if REDIS_URL := os.environ.get("REDIS_URL"):
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    _server, _number = REDIS_URL.rsplit("/", 1)[0], int(_worker) % 8
    CACHES["default"]["LOCATION"] = f"{_server}/{_number}"  # noqa: F405 - from the base
    CHANNEL_LAYERS["default"]["CONFIG"]["hosts"] = [f"{_server}/{8 + _number}"]  # noqa: F405 - from the base
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405 - tests open and drop databases; races want a connection a thread
DISCORD_CONNECTOR = "tests.notifications.fake_discord.Nowhere"  # no test reaches the internet
FAILURE_LIST = False  # written beside the test's transaction, so only by tests that ask for it
JOBS_INLINE = True  # a test sees what its jobs do, without a worker
JOBS_IN_THIS_PROCESS = False  # no thread that works beside the tests
# Between tests the tables are emptied with TRUNCATE, which append-only tables refuse everywhere else.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405 - from the base
    DATABASES["default"]["OPTIONS"]["options"] += " -c deltacrown.allow_truncate=on"  # noqa: F405 - from the base
