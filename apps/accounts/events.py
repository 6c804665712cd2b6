"""What happened to an account, for higher apps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmailVerified:
    user_id: int


@dataclass(frozen=True, slots=True)
class AccountDeactivated:
    """Somebody asked to delete their account: hide what is theirs."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AccountRestored:
    """They changed their mind: show it again."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AccountPurged:
    user_id: int
