from django.apps import AppConfig

from apps.core import events, slots


class EconomyConfig(AppConfig):
    name = "apps.economy"
    label = "economy"
    verbose_name = "DeltaCoin"

    def ready(self) -> None:
        from apps.accounts.events import EmailVerified
        from apps.core import staff_queues as all_queues
        from apps.core.scale import SLOT
        from apps.economy import (
            backups,
            demo,
            metrics,
            notification_types,
            personal_data,
            places,
            reactions,
            runbooks,
            scale,
            staff_queues,
        )

        notification_types.register_all()
        all_queues.register(staff_queues.waiting)
        metrics.register_all()
        slots.register("account_menu", places.wallet_place, weight=20)
        slots.register("demo", demo.load, weight=40)
        slots.register(SLOT, scale.load, weight=40)
        slots.register("personal_data", personal_data.personal_data, weight=40)
        slots.register("backup_figures", backups.ledger_figures)
        slots.register("backup_proof", backups.ledger_faults)
        slots.register("backup_restored", backups.have_ledger_proved)
        slots.register("backup_guarded_tables", backups.guarded_tables)
        slots.register("account_purge", personal_data.purge, weight=40)
        events.subscribe(EmailVerified, reactions.on_email_verified)
        runbooks.register_all()
