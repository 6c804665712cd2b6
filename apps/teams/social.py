"""Connects the social life of teams with the rest of the platform. Called once, when the app is ready."""

from apps.core import slots


def connect() -> None:
    from apps.teams import frame, social_demo, social_news
    from apps.teams.selectors import follows

    social_news.register_all()
    slots.register("personal_data", follows.personal_data, weight=32)
    slots.register("account_menu", frame.followed_place, weight=15)
    slots.register("demo", social_demo.load, weight=45)
