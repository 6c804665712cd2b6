"""Figures and words of the team rules."""

from datetime import date, timedelta

ROSTER_LIMIT = 8
INVITE_LIFETIME = timedelta(days=7)
PENDING_INVITES_PER_TEAM = 30
TRANSFER_LIFETIME = timedelta(days=7)
RENAME_COOL_DOWN = timedelta(days=30)
DISBAND_GRACE = timedelta(days=30)

# Where a team is found elsewhere, in the order its page shows them; what each takes is in corelib.links.
TEAM_LINKS = ("discord", "youtube", "facebook", "instagram", "x", "tiktok", "twitch", "website")

# After a no the captain asks again when this is over, with better evidence.
VERIFICATION_COOL_DOWN = timedelta(days=7)
VERIFICATION_EVIDENCE = (20, 1500)  # characters, at least and at most

# Invite links.
LINK_USES_LIMIT = 50
LINK_DAYS = (1, 3, 7, 14, 30)
OPEN_LINKS_PER_TEAM = 10
LINKS_PER_HOUR = 20

# Join requests.
JOIN_REQUEST_LIFETIME = timedelta(days=14)
JOIN_COOL_DOWN = timedelta(days=7)
JOIN_MESSAGE_LIMIT = 500
JOIN_ANSWER_LIMIT = 300
JOIN_QUESTION_LIMIT = 120
OPEN_REQUESTS_PER_TEAM = 50
OPEN_REQUESTS_PER_PLAYER = 10
REQUESTS_PER_DAY = 20

OPEN_SPONSORS_PER_TEAM = 6
SPONSORSHIP_LIMIT = timedelta(days=366)
PROMOTION_LIMIT = timedelta(days=92)
PROMOTION_SLOTS = 3  # teams that a place shows at once, at most; staff may open fewer
PROMOTION_AHEAD = timedelta(days=60)  # a captain books from tomorrow until here
PROMOTION_FREE_CANCEL = timedelta(hours=24)  # before the start: until then all coins come back, later half of them
PROMOTION_BOOKINGS_PER_DAY = 20

# First segments of /teams/…: a team with such a slug would have no page.
RESERVED_SLUGS = frozenset(
    {
        "new",
        "invites",
        "join",
        "requests",
        "following",
        "hub",
        "leaderboard",
        "rankings",
        "search",
        "admin",
        "api",
        "feed",
    }
)

NAME_PATTERN_HELP = "3–50 characters."
TAG_PATTERN = r"^[A-Za-z0-9]{2,10}$"
TAG_HELP = "2–10 letters or digits, A–Z and 0–9."

# Chat. What a message may hold, and how much at once.
CHAT_BODY_LIMIT = 2000
CHAT_PAGE = 50
CHAT_PORTION = 100
CHAT_UNREAD_CAP = 100
CHAT_EMOJI = {"👍": "thumbs up", "❤️": "heart", "😂": "laughing", "🔥": "fire", "🏆": "trophy", "👀": "eyes"}

# The shelf. What waits is limited by itself, so that one team does not fill the staff's queue.
ACHIEVEMENTS_PER_TEAM = 60
ACHIEVEMENTS_WAITING = 10
ACHIEVEMENT_UNDO = timedelta(days=30)
ACHIEVEMENT_EARLIEST = date(2000, 1, 1)
# Following. A person reading the directory never gets there.
FOLLOWS_PER_HOUR = 60

# Practice. A series is at most half a year; what is far ahead is a wish and no plan.
PRACTICES_PER_TEAM = 120
PRACTICE_WEEKS = 26
PRACTICE_AHEAD = timedelta(days=366)
PRACTICE_LONGEST = timedelta(hours=12)
PRACTICE_REMINDER = timedelta(minutes=30)
PRACTICE_COUNTED_FROM = 2  # members who said yes, for a session to earn points
