"""Who can log in, and what is remembered about it."""

from apps.accounts.models.deletion import AccountDeletion
from apps.accounts.models.device import KnownDevice
from apps.accounts.models.given_right import GivenRight
from apps.accounts.models.mail import OutgoingMail
from apps.accounts.models.user import User

__all__ = ["AccountDeletion", "GivenRight", "KnownDevice", "OutgoingMail", "User"]
