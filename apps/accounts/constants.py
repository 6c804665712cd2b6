"""Names and spans of time that the rules about accounts use."""

from datetime import timedelta

USERNAME_MIN_LENGTH = 3
USERNAME_MAX_LENGTH = 20

# ASCII only: two letters that look alike in two scripts would make two people look like one.
# The ends are letters, digits or "_", so that a name at the end of a sentence keeps its sentence.
USERNAME_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{1,18}[A-Za-z0-9_]$"

# Accounts that were deleted keep a row under this name. Nobody may take one.
DELETED_USERNAME_PREFIX = "deleted-"

# Words that stand in our addresses, or that would let somebody speak for us.
RESERVED_USERNAMES = frozenset(
    """
    abuse account accounts achievements admin administrator admins all anonymous api app auth billing blog bot
    captain channel chat coach community config contact crown crownstore dashboard dashboards dc delta deltacrown
    deltastore edit everyone export faq feed feeds game games guest healthz help home hostmaster hub info invite
    invites leaderboard leaderboards legal login logout mail mailbox mailer-daemon manager media members metrics
    mod moderator moderators modlog news nobody noreply no-reply notification notifications null official operator
    order orders owner page pages password payment payments player players postmaster press privacy profile
    ranking rankings readyz register root rss sales schema search security seller session sessions settings shop
    signin signup site sitemap staff static status store styleguide superuser support sys sysadmin system team
    teams terms tournament tournaments undefined user username users wallet webmaster welcome www you
    """.split()  # noqa: SIM905 - quoted one by one, they would be a page
)

# Between the request to delete an account and the end of it.
DELETION_GRACE = timedelta(days=14)

# Someone who never proved an e-mail address loses the claim to it, and the username, after this time.
UNVERIFIED_ACCOUNT_LIFETIME = timedelta(days=14)

# A mail with a link in it is of no use later, and no secret should lie around.
MAIL_LIFETIME = timedelta(days=3)

# How exactly "last seen" of a session is known. Writing it at every request would cost one write a page.
SESSION_SEEN_SECONDS = 300

DEVICE_COOKIE = "dc_device"
DEVICE_COOKIE_SECONDS = 2 * 365 * 24 * 3600
