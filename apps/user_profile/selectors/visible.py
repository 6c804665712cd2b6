"""A profile as one viewer may see it. Page and API show nothing but this."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from apps.common.images.fields import StoredImage
from apps.core.errors import NotFound
from apps.corelib import games
from apps.corelib.games import Game
from apps.corelib.links import LINK_KINDS, LinkKind
from apps.user_profile import permissions
from apps.user_profile.constants import LINK_COLUMNS, PRIVACY_COLUMNS
from apps.user_profile.models import Follow, UserProfile
from apps.user_profile.permissions import Viewer


@dataclass(frozen=True)
class VisibleGame:
    """A game the player plays or has an ID in; ``game_id`` is empty without one."""

    game: Game
    game_id: str
    is_preferred: bool


@dataclass(frozen=True)
class VisibleLink:
    kind: LinkKind
    url: str

    @property
    def text(self) -> str:
        """The address without what every address starts with."""
        return self.url.partition("://")[2].removeprefix("www.").rstrip("/")


@dataclass(frozen=True)
class Relation:
    """What is between viewer and player."""

    is_own: bool = False
    follows: bool = False
    is_followed_by: bool = False
    may_follow: bool = False
    may_edit: bool = False

    @property
    def is_friend(self) -> bool:
        return self.follows and self.is_followed_by


@dataclass(frozen=True)
class VisibleProfile:
    """Name and picture always; of a private profile nothing else is filled in.

    ``email`` and ``phone`` are empty and ``links`` has none unless the player shows them to this viewer.
    ``unshown`` names what the viewer sees although the player shows it to nobody: their own, or as staff.
    """

    profile_id: int
    username: str
    display_name: str
    avatar: StoredImage
    is_private: bool
    is_hidden: bool
    relation: Relation
    banner: StoredImage | None = None
    region_name: str = ""
    bio: str = ""
    looking_for_team: bool = False
    joined_at: datetime | None = None
    games: tuple[VisibleGame, ...] = ()
    links: tuple[VisibleLink, ...] = ()
    email: str = ""
    phone: str = ""
    followers: int = 0
    following: int = 0
    friends: int = 0
    unshown: frozenset[str] = frozenset()

    @property
    def pk(self) -> int:
        """The same person has the same generated picture wherever it is drawn."""
        return self.profile_id

    @property
    def avatar_url(self) -> str:
        return self.avatar.url(256)


def find_profile(viewer: Viewer, username: str) -> UserProfile:
    """Return the profile of this username, without regard to case. Raises ``NotFound`` as if it never was."""
    profile = UserProfile.objects.select_related("user").filter(user__username__iexact=username).first()
    if profile is None:
        raise NotFound("There is no such player.")
    permissions.check_see(viewer, profile)
    return profile


def visible_profile(viewer: Viewer, username: str) -> VisibleProfile:
    """Return what ``viewer`` may see of a player. Raises ``NotFound``."""
    profile = find_profile(viewer, username)
    hidden = not permissions.can_see_details(viewer, profile)
    name_and_picture = VisibleProfile(
        profile_id=profile.pk,
        username=profile.user.get_username(),
        display_name=profile.display_name,
        avatar=profile.avatar,
        is_private=profile.is_private,
        is_hidden=hidden,
        relation=_relation(viewer, profile),
    )
    return name_and_picture if hidden else _with_details(viewer, profile, name_and_picture)


def _with_details(viewer: Viewer, profile: UserProfile, shown: VisibleProfile) -> VisibleProfile:
    def sees(switch: str) -> bool:
        return permissions.can_see_field(viewer, profile, switch)

    counts = _counts(profile)
    return replace(
        shown,
        banner=profile.banner,
        region_name=profile.region_name,
        bio=profile.bio,
        looking_for_team=profile.looking_for_team,
        joined_at=profile.user.date_joined,
        games=_games(profile),
        links=_links(profile) if sees("show_socials") else (),
        email=profile.user.email if sees("show_email") else "",
        phone=profile.phone if sees("show_phone") else "",
        unshown=frozenset(name for name in PRIVACY_COLUMNS[1:] if not getattr(profile, name)),
        followers=counts["followers"],
        following=counts["following"],
        friends=counts["friends"],
    )


def _relation(viewer: Viewer, profile: UserProfile) -> Relation:
    if not viewer.is_authenticated:
        return Relation()
    own = permissions.owns(viewer, profile)
    between = Q(follower__user_id=viewer.pk, followed=profile) | Q(follower=profile, followed__user_id=viewer.pk)
    followers = set() if own else set(Follow.objects.filter(between).values_list("follower_id", flat=True))
    return Relation(
        is_own=own,
        follows=bool(followers - {profile.pk}),
        is_followed_by=profile.pk in followers,
        may_follow=permissions.can_follow(viewer, profile),
        may_edit=own and permissions.can_edit(viewer, profile),
    )


def _counts(profile: UserProfile) -> dict[str, int]:
    """Count followers, followed and friends, in one query; closed accounts don't count."""
    back = Follow.objects.filter(follower=OuterRef("followed"), followed=OuterRef("follower"))
    open_accounts = Q(followed=profile, follower__user__is_active=True) | Q(
        follower=profile, followed__user__is_active=True
    )
    return (
        Follow.objects.filter(open_accounts)
        .annotate(is_returned=Exists(back))
        .aggregate(
            followers=Count("pk", filter=Q(followed=profile)),
            following=Count("pk", filter=Q(follower=profile)),
            friends=Count("pk", filter=Q(follower=profile, is_returned=True)),
        )
    )


def _games(profile: UserProfile) -> tuple[VisibleGame, ...]:
    preferred = set(profile.preferred_games.values_list("game", flat=True))
    shown = (VisibleGame(game, profile.get_game_id(code), code in preferred) for code, game in games.GAMES.items())
    return tuple(
        sorted(
            (entry for entry in shown if entry.game_id or entry.is_preferred), key=lambda entry: not entry.is_preferred
        )
    )


def _links(profile: UserProfile) -> tuple[VisibleLink, ...]:
    addresses = ((LINK_KINDS[kind], getattr(profile, column)) for kind, column in LINK_COLUMNS.items())
    return tuple(VisibleLink(kind, url) for kind, url in addresses if url)
