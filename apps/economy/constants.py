"""The words of the ledger: accounts, reasons, earn rules and limits."""

from datetime import timedelta

from django.db.models import TextChoices

HASH_VERSION = "DC1"  # first line of what is hashed; another layout gets another version
LARGEST_MOVEMENT = 1_000_000_000  # DC; a typing error of more digits than this is no movement
FOUR_EYES_ABOVE = 10_000  # DC by hand, for one wallet and one person within FOUR_EYES_WINDOW
FOUR_EYES_WINDOW = timedelta(days=1)
HOLD_LIFETIME = timedelta(hours=1)
BULK_ROWS = 5_000
NOTE_LENGTH = 200
KEY_LENGTH = 128


class Account(TextChoices):
    """The platform's own sides of a movement. They have no balance column: it is the sum of their rows."""

    MINT = "mint", "Mint"
    STORE = "store", "Store"
    PROMOTIONS = "promotions", "Promotions"
    REWARDS = "rewards", "Rewards"
    CORRECTIONS = "corrections", "Corrections"


class Reason(TextChoices):
    PARTICIPATION = "participation", "Took part"
    TOP4 = "top4", "Reached the top four"
    RUNNER_UP = "runner_up", "Runner-up"
    WINNER = "winner", "Winner"
    ENTRY_FEE_DEBIT = "entry_fee_debit", "Entry fee"
    PURCHASE = "purchase", "Purchase"
    PROMOTION = "promotion", "Promotion"
    REFUND = "refund", "Refund"
    EARN = "earn", "Earned"
    TRANSFER = "transfer", "Transfer"
    MANUAL_ADJUST = "manual_adjust", "Adjusted by staff"
    CORRECTION = "correction", "Correction"


# What ``award`` and ``debit`` may say, and the account on the other side. The rest have services of their own.
AWARDED_FROM = {
    Reason.PARTICIPATION: Account.REWARDS,
    Reason.TOP4: Account.REWARDS,
    Reason.RUNNER_UP: Account.REWARDS,
    Reason.WINNER: Account.REWARDS,
    Reason.EARN: Account.REWARDS,
    Reason.PROMOTION: Account.PROMOTIONS,
}
DEBITED_TO = {
    Reason.ENTRY_FEE_DEBIT: Account.REWARDS,
    Reason.PURCHASE: Account.STORE,
    Reason.PROMOTION: Account.PROMOTIONS,
}
REFUNDABLE = tuple(DEBITED_TO)  # what was paid; a promotion may also be an award, which is corrected instead


class Rule(TextChoices):
    """What coins are paid for. Amounts are staff's: ``CoinPolicy``."""

    PARTICIPATION = "participation", "Taking part in a tournament"
    TOP4 = "top4", "Reaching the top four"
    RUNNER_UP = "runner_up", "Finishing second"
    WINNER = "winner", "Winning a tournament"
    PROFILE_COMPLETED = "profile_completed", "Completing the profile"
    EMAIL_VERIFIED = "email_verified", "Confirming the e-mail address"
    FIRST_TEAM = "first_team", "Joining a first team"
    WEEKLY_TOP_TEN = "weekly_top_ten", "A week in a top-ten team"
    REVIEW_WRITTEN = "review_written", "Reviewing something bought"


class Window(TextChoices):
    """Over which time the cap of a rule counts."""

    EVER = "ever", "ever"
    DAY = "day", "in a day"
    WEEK = "week", "in a week"
    MONTH = "month", "in 30 days"


# An hour short: what is paid each Monday finds last Monday's payment outside, also when it comes a little early.
WINDOW_LENGTH = {
    Window.DAY: timedelta(hours=23),
    Window.WEEK: timedelta(days=7, hours=-1),
    Window.MONTH: timedelta(days=30, hours=-1),
}
