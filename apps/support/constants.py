"""Words of a ticket."""

from django.db import models


class Category(models.TextChoices):
    """What a ticket is about; the person who writes chooses."""

    ACCOUNT = "account", "My account or login"
    TEAM = "team", "A team or roster"
    STORE = "store", "An order or payment"
    REPORT = "report", "Someone's behaviour"
    BUG = "bug", "Something is broken"
    PARTNER = "partner", "Sponsoring or press"
    OTHER = "other", "Something else"


class Status(models.TextChoices):
    """Whose turn it is."""

    OPEN = "open", "Waiting for us"
    ANSWERED = "answered", "Waiting for you"
    CLOSED = "closed", "Closed"


class Priority(models.IntegerChoices):
    """How soon a ticket is looked at."""

    LOW = 10, "Low"
    NORMAL = 20, "Normal"
    HIGH = 30, "High"


# Letters and digits that nobody mixes up when reading a reference aloud.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 7
MESSAGE_MAX_LENGTH = 4000
