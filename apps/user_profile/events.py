"""What happened to profiles, for higher apps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlayerFollowed:
    """Published once per follow, on commit. Both are profile ids."""

    follower_id: int
    followed_id: int


@dataclass(frozen=True)
class PlayerUnfollowed:
    """Both are profile ids."""

    follower_id: int
    followed_id: int
