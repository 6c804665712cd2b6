"""Connects the social life of teams with the rest of the platform. Imported when the app is ready, and not before."""

from apps.core import slots
from apps.teams import frame
from apps.teams.selectors import board, follows, posts, ranking_sources, social_sources, talk_reports
from apps.teams.services import board as board_services
from apps.teams.services import posts as post_services
from apps.teams.services import talk_reports as talk_report_services


def connect() -> None:
    slots.register("account_menu", frame.followed_place, weight=15)
    slots.register("personal_data", follows.personal_data, weight=32)
    slots.register("personal_data", posts.personal_data, weight=33)
    slots.register("account_purge", post_services.forget, weight=32)
    slots.register("personal_data", board.personal_data, weight=34)
    slots.register("personal_data", talk_reports.personal_data, weight=35)
    slots.register("account_purge", talk_report_services.forget, weight=34)
    slots.register("account_purge", board_services.forget, weight=33)
    slots.register(ranking_sources.SLOT, social_sources.posts, weight=40)
    slots.register(ranking_sources.SLOT, social_sources.chat_days, weight=41)
