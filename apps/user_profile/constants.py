"""Figures and names of this app that several of its modules use."""

from apps.corelib.links import LINK_KINDS

BIO_LENGTH = 500
NAME_LENGTH = 40

# Kind of link to its column.
LINK_COLUMNS: dict[str, str] = {code: f"{code}_url" for code in LINK_KINDS}

PRIVACY_COLUMNS = ("is_private", "show_email", "show_phone", "show_socials")
PICTURES = ("avatar", "banner")

# How many new follows one player may make in an hour: a person reading the directory never gets there.
FOLLOWS_PER_HOUR = 60
PICTURES_PER_HOUR = 20
EDITS_PER_HOUR = 120
