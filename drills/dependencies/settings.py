"""The site as production has it, with everything it leans on behind the drill's lines."""

from deltacrown.settings import *  # noqa: F403 - a settings module takes all names of its base

DISCORD_CONNECTOR = "drills.dependencies.discord.ThroughTheLine"
# Static files stay here: the drill is about uploads, and collects nothing.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405 - from the base
STATIC_URL = "/static/"
