"""What the log calls each act, and the words for what changed."""

from typing import Any

from apps.corelib import regions
from apps.teams.models import MemberFlag, TeamMembership

# Filters of the page: how the actions of each begin, after "team.".
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "roster": ("Roster and captaincy", ("member_", "captain")),
    "joining": ("Invites, links, requests", ("invite_", "link_", "request_")),
    "team": (
        "The team and its settings",
        (
            "created",
            "updated",
            "renamed",
            "disbanded",
            "restored",
            "settled",
            "flags_set",
            "settings_",
            "permissions_",
            "verification_",
            "result_",
            "points_",
        ),
    ),
    "money": ("Sponsors and promotions", ("sponsor_", "promotion_")),
    "social": (
        "Chat, posts, achievements, practice",
        ("chat_", "post_", "thread_", "reply_", "achievement_", "practice_"),
    ),
}
# Who follows whom is nobody's act in the team.
UNSAID = ("team.followed", "team.unfollowed")

# {names} are looked up; what is missing reads "somebody". {fields} is the list of what changed.
SENTENCES = {
    "created": "founded the team",
    "updated": "changed {fields}",
    "renamed": "renamed the team from {old_name} to {new_name}",
    "disbanded": "disbanded the team",
    "restored": "restored the team",
    "settled": "ended the team for good: its name is free",
    "flags_set": "changed {fields}",
    "settings_changed": "changed {fields}",
    "permissions_changed": "changed what members may do",
    "member_joined": "gave {profile} a seat as {role}",
    "member_left": "took {profile} off the roster, who left",
    "member_removed": "removed {profile}",
    "member_changed": "changed {fields} of {profile}",
    "member_set_inactive": "set {profile} inactive",
    "member_brought_back": "brought {profile} back",
    "member_banned": "banned {profile}",
    "member_unbanned": "lifted the ban of {profile}",
    "captain_changed": "made {captain} captain",
    "captaincy_offered": "offered the captaincy to {successor}",
    "captaincy_accepted": "accepted the captaincy",
    "captaincy_declined": "declined the captaincy",
    "captaincy_cancelled": "ended the offer of the captaincy",
    "invite_sent": "invited {invitee} as {role}",
    "invite_accepted": "accepted an invitation",
    "invite_declined": "declined an invitation",
    "invite_cancelled": "withdrew the invitation of {invitee}",
    "link_created": "made an invite link for {role}, {uses}",
    "link_used": "joined by an invite link",
    "link_revoked": "revoked an invite link",
    "request_sent": "asked to join",
    "request_accepted": "accepted the request of {player}",
    "request_declined": "declined the request of {player}",
    "request_withdrawn": "took the request to join back",
    "request_closed": "closed the request of {player}, who is in the team now",
    "sponsor_proposed": "proposed {sponsor} as sponsor",
    "sponsor_active": "approved {sponsor} as sponsor",
    "sponsor_rejected": "rejected {sponsor} as sponsor",
    "sponsor_cancelled": "ended the sponsorship of {sponsor}",
    "sponsor_expired": "closed the sponsorship of {sponsor}, whose last day is over",
    "promotion_booked": "booked a promotion",
    "promotion_rejected": "did not approve a promotion",
    "promotion_scheduled": "scheduled a promotion",
    "promotion_active": "began a promotion",
    "promotion_expired": "ended a promotion that is over",
    "promotion_cancelled": "cancelled a promotion",
    "chat_message_removed": "removed a chat message of {author}",
    "points_adjusted": "adjusted the team's points",
    "result_recorded": "recorded a result of the team",
    "verification_requested": "asked for the verified mark",
    "verification_approved": "verified the team",
    "verification_rejected": "said no to the verified mark",
    "verification_withdrawn": "took back the question for the verified mark",
    "post_submitted": "handed in a post",
    "post_published": "published a post",
    "post_changed": "changed a post",
    "post_approved": "approved a post",
    "post_rejected": "sent a post back",
    "post_removed": "removed a post",
    "post_restored": "brought a post back",
    "post_pinned": "pinned a post",
    "post_unpinned": "unpinned a post",
    "post_settings_changed": "changed whether posts wait for a captain",
    "thread_removed": "removed a thread of the board",
    "thread_restored": "brought a thread of the board back",
    "thread_locked": "closed a thread of the board",
    "thread_unlocked": "opened a thread of the board again",
    "thread_pinned": "pinned a thread of the board",
    "thread_unpinned": "unpinned a thread of the board",
    "reply_removed": "removed an answer on the board",
    "achievement_added": "added an achievement",
    "achievement_edited": "changed an achievement",
    "achievement_removed": "removed an achievement",
    "achievement_restored": "brought an achievement back",
    "achievement_confirmed": "confirmed an achievement",
    "achievement_rejected": "rejected an achievement",
    "practice_planned": "planned practice",
    "practice_changed": "changed practice",
    "practice_cancelled": "cancelled practice",
    "practice_restored": "brought practice back",
}
# What the same act is called when somebody does it to themselves.
OWN = {
    "member_joined": "joined as {role}",
    "member_left": "left",
    "request_accepted": "joined by a request, which the team accepts by itself",
    "captain_changed": "became captain",
}

LABELS = {
    "is_public": "who sees the team",
    "is_recruiting": "looking for players",
    "is_verified": "the verified mark",
    "is_featured": "featured",
    "in_game_role": "the role in the game",
    "adjust_points": "points by staff",
    "accepts_join_requests": "whether players may ask to join",
    "join_message_required": "whether a request needs a message",
    "auto_accept_join_requests": "whether requests are accepted at once",
    "join_question": "the question for players who ask",
} | {f"members_can_{flag.value}": flag.label for flag in MemberFlag}
# Names and numbers of rows: they are looked up for the sentence, and say nothing to a reader.
ROWS = frozenset(
    {
        "profile",
        "captain",
        "successor",
        "player",
        "invitee",
        "author",
        "invite",
        "link",
        "request",
        "transfer",
        "sponsor",
        "promotion",
        "message",
        "achievement",
        "post",
        "thread",
        "reply",
        "result",
        "follow",
        "role_of_successor",
        "uses",
        "days",
        "max_uses",
        "status",
        "deleted",
        "is_active",
        "name_is_free",
        "members",
        "slug",
    }
)


def label(field: str) -> str:
    return str(LABELS.get(field, field.replace("_", " ")))


def shown(field: str, value: Any) -> str:
    """Return a recorded value as people read it."""
    if field == "role" and value in TeamMembership.Role.values:
        return str(TeamMembership.Role(value).label)
    if field == "region":
        return regions.name(str(value))
    if field == "is_public":
        return "everyone" if value else "members only"
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in ("", None):
        return "nothing"
    return str(value) if len(str(value)) <= 120 else f"{str(value)[:119]}…"
