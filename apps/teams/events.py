"""What happened in teams, for higher apps. Delivered on commit."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TeamCreated:
    team_id: int
    captain_id: int  # of the profile


@dataclass(frozen=True)
class TeamUpdated:
    team_id: int


@dataclass(frozen=True)
class TeamDisbanded:
    team_id: int


@dataclass(frozen=True)
class TeamRestored:
    team_id: int


@dataclass(frozen=True)
class MemberJoined:
    team_id: int
    profile_id: int
    role: str


@dataclass(frozen=True)
class MemberLeft:
    """Left by own will, removed, or gone with the account: ``reason`` is "left", "removed", "banned" or "account"."""

    team_id: int
    profile_id: int
    reason: str


@dataclass(frozen=True)
class CaptainChanged:
    team_id: int
    old_profile_id: int
    new_profile_id: int


@dataclass(frozen=True)
class InviteSent:
    team_id: int
    invite_id: int


@dataclass(frozen=True)
class InviteSettled:
    """``status`` is what the invite became: accepted, declined or cancelled."""

    team_id: int
    invite_id: int
    status: str


@dataclass(frozen=True)
class MemberChanged:
    """``kind`` is what ``RosterChange`` calls it: changed, inactive, returned, banned or unbanned."""

    team_id: int
    profile_id: int
    kind: str


@dataclass(frozen=True)
class ResultRecorded:
    """A result was recorded or corrected, and its coins are settled. By the day, reactions can leave old news alone."""

    team_id: int
    result_id: int
    played_on: date | None
