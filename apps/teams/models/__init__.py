"""Teams, who plays in them, and who is asked to."""

from apps.teams.models.achievement import TeamAchievement
from apps.teams.models.availability import Availability
from apps.teams.models.board import BoardRead, BoardReply, BoardThread
from apps.teams.models.chat import ChatMention, ChatMessage, ChatReaction, ChatReader, TeamChat
from apps.teams.models.flags import MemberFlag
from apps.teams.models.follow import TeamFollow
from apps.teams.models.invite import TeamInvite
from apps.teams.models.invite_link import InviteLinkUse, TeamInviteLink
from apps.teams.models.join_request import TeamJoinRequest
from apps.teams.models.membership import TeamMembership
from apps.teams.models.past_name import PastName
from apps.teams.models.post import TeamPost, TeamPostPicture, TeamPostReport
from apps.teams.models.practice import CalendarFeed, PracticeAnswer, PracticeSeries, PracticeSession
from apps.teams.models.promotion import TeamPromotion
from apps.teams.models.promotion_place import PromotionPlace
from apps.teams.models.ranking import (
    RankingCriteria,
    RankingRun,
    TeamPointsAdjustment,
    TeamRankingBreakdown,
    TeamRankingHistory,
)
from apps.teams.models.result_import import ResultImport, ResultImportLine
from apps.teams.models.results import TeamTournamentRegistration
from apps.teams.models.roster_change import RosterChange
from apps.teams.models.sponsor import SponsorDay, SponsorSighting, TeamSponsor
from apps.teams.models.talk_report import TalkReport
from apps.teams.models.team import HeroTemplate, Team
from apps.teams.models.transfer import CaptainTransfer
from apps.teams.models.verification import TeamVerification

__all__ = [
    "Availability",
    "BoardRead",
    "BoardReply",
    "BoardThread",
    "CalendarFeed",
    "CaptainTransfer",
    "ChatMention",
    "ChatMessage",
    "ChatReaction",
    "ChatReader",
    "HeroTemplate",
    "InviteLinkUse",
    "MemberFlag",
    "PastName",
    "PracticeAnswer",
    "PracticeSeries",
    "PracticeSession",
    "PromotionPlace",
    "RankingCriteria",
    "RankingRun",
    "ResultImport",
    "ResultImportLine",
    "RosterChange",
    "SponsorDay",
    "SponsorSighting",
    "TalkReport",
    "Team",
    "TeamAchievement",
    "TeamChat",
    "TeamFollow",
    "TeamInvite",
    "TeamInviteLink",
    "TeamJoinRequest",
    "TeamMembership",
    "TeamPointsAdjustment",
    "TeamPost",
    "TeamPostPicture",
    "TeamPostReport",
    "TeamPromotion",
    "TeamRankingBreakdown",
    "TeamRankingHistory",
    "TeamSponsor",
    "TeamTournamentRegistration",
    "TeamVerification",
]
