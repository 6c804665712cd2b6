from django.apps import AppConfig

from apps.core import events, slots


class TeamsConfig(AppConfig):
    name = "apps.teams"
    label = "teams"
    verbose_name = "Teams"

    def ready(self) -> None:
        from apps.accounts.events import AccountDeactivated, EmailVerified
        from apps.teams import demo, frame, notification_types, reactions
        from apps.teams.personal_data import personal_data
        from apps.teams.services import accounts

        notification_types.register_all()
        slots.register("nav", frame.teams_place, weight=20)
        slots.register("profile_teams", frame.profile_teams, weight=10)
        slots.register("demo", demo.load, weight=30)
        slots.register("personal_data", personal_data, weight=30)
        slots.register("account_purge", accounts.leave_everything, weight=30)
        events.subscribe(AccountDeactivated, reactions.on_account_deactivated)
        events.subscribe(EmailVerified, reactions.on_email_verified)
