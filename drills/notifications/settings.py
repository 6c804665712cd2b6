"""Settings of the drill: the platform's, with a Discord on this machine."""

from deltacrown.settings import *  # noqa: F403 - a settings module takes all names of its base

DISCORD_CONNECTOR = "drills.discord.Connector"
