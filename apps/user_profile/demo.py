"""What the demo's people say about themselves. The people come with the accounts' own demo."""

from dataclasses import dataclass, field

from django.db import transaction

from apps.corelib import games
from apps.corelib.links import clean_link
from apps.user_profile.constants import LINK_COLUMNS
from apps.user_profile.models import Follow, PreferredGame, UserProfile


@dataclass(frozen=True)
class Person:
    """One demo profile; ``ids`` by game as people type them."""

    name: str
    bio: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    plays: tuple[str, ...] = ()
    region: str = "BD"
    links: dict[str, str] = field(default_factory=dict)
    looking: bool = False
    private: bool = False


PEOPLE: dict[str, Person] = {
    "nadia": Person("Nadia Rahman", "Runs the platform. Casts on Fridays.", {}, ("valorant",)),
    "rafi": Person(
        "রাফি · Rafi",
        "IGL from Dhaka. Calls in Bangla, reviews VODs on Sundays.\n\nScrims after 20:00.",
        {"valorant": "Rafi#BD1", "cs2": "76561198000000101"},
        ("valorant", "cs2"),
        links={"youtube": "@rafi-plays", "twitch": "rafibd", "discord": "https://discord.gg/deltacrown"},
    ),
    "tanvir": Person(
        "Tanvir “Storm” Ahmed",
        "Duelist. Two years of ranked, one of patience.",
        {"valorant": "Storm#CTG", "pubgm": "5123450102"},
        ("valorant", "pubgm"),
        links={"twitch": "stormtanvir"},
    ),
    "mim": Person(
        "মিম",
        "Mid laner. মিড লেন আমার ঘর।",
        {"mlbb": "123450103 (2103)"},
        ("mlbb",),
        links={"facebook": "mimplays", "instagram": "@mim.plays"},
        looking=True,
    ),
    "sakib": Person("Sakib Chowdhury", "Support main, calm comms.", {"valorant": "Sakib#SYL"}, ("valorant",)),
    "jerin": Person(
        "Jerin তাসনিম", "Sentinel. I hold the site.", {"valorant": "Jerin#LURK"}, ("valorant",), looking=True
    ),
    "ayesha": Person("Ayesha Siddika", "Gold lane, early game.", {"mlbb": "123450107 (2107)"}, ("mlbb", "codm")),
    "arif": Person("Arif Mahmud", "Rush first, ask later.", {"freefire": "1234500108"}, ("freefire",), looking=True),
    "fahim": Person("ফাহিম ইসলাম", "ফ্রি ফায়ার, প্রতিদিন রাত ৯টায়।", {"freefire": "1234500109"}, ("freefire",)),
    "nusrat": Person("Nusrat Jahan", "Sniper with a coffee problem.", {"pubgm": "5123450110"}, ("pubgm", "freefire")),
    "shuvo": Person("Shuvo Das", "Entry fragger.", {"cs2": "76561198000000111"}, ("cs2", "dota2"), looking=True),
    "priya": Person("প্রিয়া সাহা", "Analyst by day, AWPer by night.", {"cs2": "76561198000000112"}, ("cs2",)),
    "imran": Person("Imran Khan", "eFootball since 2019.", {"efootball": "IMRN-113-113-113"}, ("efootball", "fc26")),
    "tasnia": Person("Tasnia Haque", "", {"fc26": "tasnia_fc"}, ("fc26",), private=True),
    "rakib": Person("রাকিব", "Objective player.", {"codm": "6742301234567890115"}, ("codm",)),
    "sumaiya": Person("Sumaiya Islam", "Roamer. Your back is safe.", {"mlbb": "123450116 (2116)"}, ("mlbb",)),
    "zayan": Person("Zayan Karim", "Offlane in Sylhet.", {"dota2": "76561198000000117"}, ("dota2",), looking=True),
    "maliha": Person("Maliha Noor", "Carry. Patient.", {"dota2": "76561198000000118"}, ("dota2",), region="IN"),
    "ovi": Person("অভি বড়ুয়া", "Chattogram hills, good ping.", {"pubgm": "5123450119"}, ("pubgm",)),
    "ritu": Person("Ritu Mondal", "New here, learning fast.", {}, ("codm", "freefire"), looking=True),
}

# Who follows whom; the pairs that go both ways are friends.
FOLLOWS = (
    ("rafi", "tanvir"),
    ("tanvir", "rafi"),
    ("mim", "rafi"),
    ("rafi", "mim"),
    ("sakib", "rafi"),
    ("jerin", "rafi"),
    ("arif", "rafi"),
    ("nusrat", "tanvir"),
    ("ayesha", "mim"),
    ("mim", "ayesha"),
    ("shuvo", "priya"),
    ("priya", "shuvo"),
    ("tasnia", "imran"),
)


@transaction.atomic
def load() -> None:
    """Fill the profiles that are still as they were made; one that somebody changed keeps its changes."""
    profiles = {
        profile.user.get_username(): profile
        for profile in UserProfile.objects.select_related("user").filter(user__username__in=PEOPLE)
    }
    fresh = {name for name, profile in profiles.items() if profile.display_name == name}
    for username in sorted(fresh):
        _fill(profiles[username], PEOPLE[username])
    Follow.objects.bulk_create(
        [
            Follow(follower=profiles[one], followed=profiles[other])
            for one, other in FOLLOWS
            if one in fresh and one in profiles and other in profiles
        ],
        ignore_conflicts=True,
    )


def _fill(profile: UserProfile, person: Person) -> None:
    profile.display_name = person.name
    profile.bio = person.bio
    profile.region = person.region
    profile.looking_for_team = person.looking
    profile.is_private = person.private
    for kind, typed in person.links.items():
        setattr(profile, LINK_COLUMNS[kind], clean_link(kind, typed))
    for game, typed in person.ids.items():
        profile.set_game_id(game, typed)
    profile.save()
    PreferredGame.objects.bulk_create(
        [PreferredGame(profile=profile, game=games.get(code).code) for code in person.plays], ignore_conflicts=True
    )
