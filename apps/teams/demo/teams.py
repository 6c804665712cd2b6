"""Teams to look at: over nine games, with Bangla and English names, rosters and a few open invitations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.corelib import games
from apps.corelib.links import clean_secure_link
from apps.teams.models import RosterChange, Team, TeamInvite, TeamMembership
from apps.teams.services import invites, verification

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class DemoTeam:
    name: str
    tag: str
    slug: str
    game: str
    tagline: str
    members: str  # captain first; "+" marks a co-captain, "-" a substitute, "!" the coach
    flags: str = ""
    description: str = ""
    hero: str = "broadcast"
    links: str = ""  # "code handle" pairs


TEAMS = (
    DemoTeam(
        name="Dhaka Wolves",
        tag="DW",
        slug="dhaka-wolves",
        game="valorant",
        tagline="The night shift of Mirpur.",
        members="rafi tanvir+ mim sakib arif jerin- imran!",
        flags="verified featured",
        description="Five friends from Mirpur 10 who scrim on weeknights after nine. Second at the Dhaka Open 2026.",
        links="discord https://discord.gg/dhakawolves youtube @dhakawolves facebook @dhakawolves tiktok @dhakawolves",
    ),
    DemoTeam(
        name="পদ্মা টাইগার্স",
        tag="PADMA",
        slug="padma-tigers",
        game="valorant",
        tagline="নদীর মতো শান্ত, ঝড়ের মতো দ্রুত।",
        members="nusrat fahim+ shuvo priya",
        flags="recruiting",
        description="রাজশাহীর দল। একজন কন্ট্রোলার খুঁজছি, সপ্তাহে চার দিন প্র্যাকটিস।",
        hero="herald",
        links="facebook @padmatigers",
    ),
    DemoTeam(
        name="Chattogram Tide",
        tag="CTG",
        slug="chattogram-tide",
        game="mlbb",
        tagline="High water every evening.",
        members="ayesha rakib+ tasnia zayan maliha ovi-",
        flags="verified",
        hero="split",
        links="youtube @chattogramtide instagram @chattogramtide",
    ),
    DemoTeam(
        name="বাংলার বাঘ",
        tag="BAGH",
        slug="bagh",
        game="mlbb",
        tagline="এক দল, এক লক্ষ্য।",
        members="mim ritu sumaiya",
        flags="recruiting",
        hero="monolith",
    ),
    DemoTeam(
        name="Sylhet Monsoon",
        tag="SYLM",
        slug="sylhet-monsoon",
        game="pubgm",
        tagline="We drop where it rains.",
        members="tanvir sakib+ ovi ritu rafi-",
        flags="featured",
        hero="split",
        links="twitch @sylhetmonsoon x @sylhetmonsoon",
    ),
    DemoTeam(
        name="Squad Buriganga",
        tag="BRG",
        slug="squad-buriganga",
        game="pubgm",
        tagline="Slow river, fast rotations.",
        members="jerin imran tasnia",
        flags="recruiting",
    ),
    DemoTeam(
        name="Khulna Mangrove",
        tag="KMG",
        slug="khulna-mangrove",
        game="freefire",
        tagline="Deep roots, long range.",
        members="sumaiya maliha+ zayan priya",
        flags="verified",
        hero="scoreline",
    ),
    DemoTeam(
        name="Old Dhaka Outlaws",
        tag="ODO",
        slug="old-dhaka-outlaws",
        game="freefire",
        tagline="Biryani first, booyah second.",
        members="arif fahim",
        flags="recruiting",
    ),
    DemoTeam(
        name="Barishal Broadside",
        tag="BRSL",
        slug="barishal-broadside",
        game="cs2",
        tagline="Hold the river, take the site.",
        members="shuvo rakib+ imran zayan ovi",
    ),
    DemoTeam(
        name="Rangpur Ravens",
        tag="RVN",
        slug="rangpur-ravens",
        game="cs2",
        tagline="Quiet steps from the north.",
        members="ritu nusrat tanvir",
        flags="recruiting",
        hero="monolith",
    ),
    DemoTeam(
        name="Meghna Ancients",
        tag="MEGH",
        slug="meghna-ancients",
        game="dota2",
        tagline="Patience wins the fifth lane too.",
        members="imran shuvo+ fahim arif sakib rakib!",
        flags="verified",
    ),
    DemoTeam(
        name="শাপলা ইলেভেন",
        tag="SHPLA",
        slug="shapla-eleven",
        game="efootball",
        tagline="মাঠ ছোট, স্বপ্ন বড়।",
        members="priya jerin",
    ),
    DemoTeam(
        name="Gulshan Garrison",
        tag="GG71",
        slug="gulshan-garrison",
        game="codm",
        tagline="Boots on at eight.",
        members="zayan sumaiya+ tasnia ayesha mim",
        flags="featured",
        hero="herald",
        links="website https://garrison.example.com",
    ),
    DemoTeam(
        name="Cox's Current",
        tag="COX",
        slug="coxs-current",
        game="fc26",
        tagline="One controller, one coast.",
        members="maliha",
        flags="recruiting",
    ),
)
INVITED = (("padma-tigers", "rafi"), ("bagh", "nusrat"), ("squad-buriganga", "mim"), ("rangpur-ravens", "rafi"))
ROLES = {"+": "co_captain", "-": "substitute", "!": "coach"}


def load() -> str:
    """Make the teams that are missing, once each. What was changed by hand stays."""
    people = {user.username: user for user in User.objects.select_related("profile").filter(profile__isnull=False)}
    made = sum(_make(position, team, people) for position, team in enumerate(TEAMS))
    for slug, username in INVITED:
        _invite(slug, people.get(username))
    _ask_for_the_mark("padma-tigers")
    return f"{made} teams made, {len(TEAMS)} there"


@transaction.atomic
def _make(position: int, demo: DemoTeam, people: dict[str, User]) -> bool:
    named = [(name.rstrip("+-!"), name[-1]) for name in demo.members.split()]
    roster = [(people[name], mark) for name, mark in named if name in people and _is_free(people[name], demo.game)]
    if not roster or Team.objects.filter(slug=demo.slug).exists():
        return False
    since = FIRST + timedelta(days=11 * position)
    team = Team.objects.create(
        name=demo.name,
        tag=demo.tag,
        slug=demo.slug,
        game=demo.game,
        captain=roster[0][0].profile,
        tagline=demo.tagline,
        description=demo.description,
        hero_template=demo.hero,
        links=_links(demo),
        created_at=since,
        **{f"is_{flag}": True for flag in demo.flags.split()},
    )
    in_game = games.get(demo.game).roles
    members = TeamMembership.objects.bulk_create(
        TeamMembership(
            team=team,
            profile=user.profile,
            game=team.game,
            slot=slot,
            role="captain" if slot == 1 else ROLES.get(mark, "player"),
            in_game_role="" if mark == "!" else in_game[(slot - 1) % len(in_game)] if in_game else "",
            joined_at=since + timedelta(days=3 * (slot - 1)),
        )
        for slot, (user, mark) in enumerate(roster, 1)
    )
    RosterChange.objects.bulk_create(
        RosterChange(
            team=team,
            profile=member.profile,
            membership=member,
            kind=RosterChange.Kind.JOINED,
            role=member.role,
            in_game_role=member.in_game_role,
            status=member.status,
            at=member.joined_at,
        )
        for member in members
    )
    return True


def _links(demo: DemoTeam) -> dict[str, str]:
    words = demo.links.split()
    return {code: clean_secure_link(code, typed) for code, typed in zip(words[::2], words[1::2], strict=True)}


def _is_free(user: User, game: str) -> bool:
    return not TeamMembership.objects.active().filter(profile__user=user, game=game).exists()


def _ask_for_the_mark(slug: str) -> None:
    """Leave staff something to look at."""
    team = Team.objects.active().filter(slug=slug).select_related("captain__user").first()
    if team and not team.is_verified and not team.verifications.exists():
        verification.request_verification(
            actor=team.captain.user,
            team_id=team.pk,
            evidence="রাজশাহীর দল, ২০২৪ থেকে খেলছি। Our page https://facebook.com/padmatigers links to this one.",
        )


def _invite(slug: str, player: User | None) -> None:
    """Ask through the service, so that the bell and the mailbox have something to show."""
    team = Team.objects.active().filter(slug=slug).select_related("captain__user").first()
    if not team or not player or TeamInvite.objects.filter(team=team, invitee=player).exists():
        return
    if TeamMembership.objects.filter(team=team, profile__user=player).exists():
        return
    invites.invite_player(actor=team.captain.user, team_id=team.pk, player=player, role="player")
