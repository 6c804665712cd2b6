from django.apps import AppConfig

from apps.core import events, slots


class TeamsConfig(AppConfig):
    name = "apps.teams"
    label = "teams"
    verbose_name = "Teams"

    def ready(self) -> None:
        from apps.accounts.events import AccountDeactivated, EmailVerified
        from apps.core import staff_queues as all_queues
        from apps.core.scale import SLOT
        from apps.economy.reactions import on_team_joined
        from apps.notifications import webhook_owners
        from apps.teams import (
            club_pieces,
            discord_owner,
            frame,
            joining,
            metrics,
            notification_types,
            permissions,
            reactions,
            scale,
            social,
            staff_queues,
        )
        from apps.teams.demo.connect import connect as connect_demo
        from apps.teams.events import (
            MemberChanged,
            MemberJoined,
            MemberLeft,
            TeamCreated,
            TeamDisbanded,
            TeamRestored,
            TeamUpdated,
        )
        from apps.teams.news.connect import connect as connect_news
        from apps.teams.personal_data import personal_data
        from apps.teams.selectors import achievements, practice, practice_points, ranking_sources
        from apps.teams.selectors import chat as chat_selectors
        from apps.teams.services import accounts, calendars, chat, result_rosters

        notification_types.register_all()
        all_queues.register(staff_queues.waiting)
        connect_news()
        metrics.register_all()
        webhook_owners.register(discord_owner.TEAMS)
        slots.register("staff_groups", permissions.staff_groups)
        slots.register("account_purge", result_rosters.forget_player, weight=32)
        ranking_sources.register_own()
        slots.register(ranking_sources.SLOT, achievements.source, weight=30)
        slots.register(ranking_sources.SLOT, practice_points.source, weight=60)
        slots.register("account_menu", club_pieces.calendar_place, weight=15)
        slots.register("nav", frame.teams_place, weight=20)
        slots.register("profile_teams", frame.profile_teams, weight=10)
        slots.register(SLOT, scale.load_share, weight=50)
        connect_demo()
        slots.register("profile_history", club_pieces.profile_career, weight=10)
        slots.register("personal_data", personal_data, weight=30)
        slots.register("account_purge", accounts.leave_everything, weight=30)
        events.subscribe(AccountDeactivated, reactions.on_account_deactivated)
        events.subscribe(EmailVerified, reactions.on_email_verified)
        events.subscribe(TeamCreated, reactions.on_team_changed)
        events.subscribe(TeamUpdated, reactions.on_team_changed)
        events.subscribe(TeamDisbanded, reactions.on_team_changed)
        events.subscribe(TeamRestored, reactions.on_team_changed)
        events.subscribe(MemberJoined, reactions.on_roster_changed)
        events.subscribe(MemberLeft, reactions.on_roster_changed)
        events.subscribe(MemberChanged, reactions.on_roster_changed)
        slots.register("personal_data", practice.personal_data, weight=32)
        slots.register("account_purge", calendars.forget, weight=32)
        slots.register("personal_data", chat_selectors.personal_data, weight=31)
        slots.register("account_purge", chat.forget, weight=31)
        events.subscribe(MemberLeft, reactions.on_member_left)
        social.connect()
        joining.connect()
        events.subscribe(MemberJoined, on_team_joined)
        events.subscribe(TeamCreated, reactions.on_team_created)
