"""The Celery application. Work is started through ``apps.core.jobs``, never with ``.delay()``."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")

app = Celery("deltacrown", task_cls="apps.core.jobs.task:JobTask")
# For all threads: Celery's "current app" is that of the importing thread only, and pages are served by others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("apps.core.jobs.worker:Sweeping")

# Tasks by the names they are registered under; a check compares them. Times are UTC.
app.conf.beat_schedule = {
    "recompute-rankings-daily": {"task": "teams.recompute_team_rankings", "schedule": crontab(hour=2, minute=0)},
    "settle-achievements-daily": {"task": "teams.settle_achievements", "schedule": crontab(hour=1, minute=30)},
    "clean-expired-invites": {"task": "teams.clean_expired_invites", "schedule": crontab(hour="*/6", minute=0)},
    "settle-disbanded-teams": {"task": "teams.settle_disbanded_teams", "schedule": crontab(minute=20)},
    "purge-removed-posts-daily": {"task": "teams.purge_removed_posts", "schedule": crontab(hour=3, minute=40)},
    "expire-sponsors-daily": {"task": "teams.expire_sponsors_task", "schedule": crontab(hour=3, minute=0)},
    "settle-sponsor-counts-daily": {"task": "teams.settle_sponsor_counts", "schedule": crontab(hour=3, minute=20)},
    "process-scheduled-promotions": {
        "task": "teams.process_scheduled_promotions_task",
        "schedule": crontab(minute=0),
    },
    "prune-result-imports-daily": {"task": "teams.prune_result_imports", "schedule": crontab(hour=3, minute=40)},
    "purge-deleted-accounts-daily": {
        "task": "accounts.purge_deleted_accounts",
        "schedule": crontab(hour=21, minute=10),
    },
    "clean-up-accounts-daily": {"task": "accounts.clean_up", "schedule": crontab(hour=21, minute=40)},
    # The seed's hour, in UTC. The timers of deploy/systemd ask for the same; whoever comes first does it.
    "back-up-daily": {"task": "core.back_up", "schedule": crontab(hour=1, minute=0)},
    "drill-backup-weekly": {"task": "core.drill_backup", "schedule": crontab(day_of_week="sun", hour=4, minute=0)},
    "delete-finished-jobs-daily": {"task": "core.delete_finished_jobs", "schedule": crontab(hour=4, minute=30)},
    "delete-expired-sessions-daily": {"task": "core.delete_expired_sessions", "schedule": crontab(hour=4, minute=40)},
    "delete-old-notifications-daily": {
        "task": "notifications.delete_old_notifications",
        "schedule": crontab(hour=4, minute=50),
    },
    # The seed's entry, and the runs for everybody else's hour and zone. Both take who is due, each person once.
    "send-digest-emails-daily": {"task": "notifications.send_daily_digest", "schedule": crontab(hour=8, minute=0)},
    "send-digest-emails-by-zone": {"task": "notifications.send_daily_digest", "schedule": crontab(minute="*/15")},
    "read-bounce-mailbox": {"task": "notifications.read_bounce_mailbox", "schedule": crontab(minute="*/10")},
    "settle-interrupted-deliveries": {
        "task": "notifications.settle_interrupted_deliveries",
        "schedule": crontab(minute="*/5"),
    },
    "expire-unpaid-orders": {"task": "ecommerce.expire_unpaid_orders", "schedule": crontab(minute="*/5")},
    "settle-paypal": {"task": "ecommerce.settle_paypal", "schedule": crontab(minute="*/5")},
    "complete-delivered-orders": {"task": "ecommerce.complete_delivered_orders", "schedule": crontab(minute=35)},
    "delete-old-carts-daily": {"task": "ecommerce.delete_old_carts", "schedule": crontab(hour=4, minute=20)},
    "audit-ledger-nightly": {"task": "economy.audit_ledger", "schedule": crontab(hour=20, minute=30)},
    "release-expired-holds": {"task": "economy.release_expired_holds", "schedule": crontab(minute="*/5")},
    # After the night's ranking. Monday closes the week.
    "pay-top-ten-weekly": {"task": "teams.pay_top_ten", "schedule": crontab(day_of_week="mon", hour=2, minute=40)},
    "pay-first-teams-daily": {"task": "teams.pay_first_teams", "schedule": crontab(hour=2, minute=50)},
    "earn-complete-profiles": {"task": "economy.earn_complete_profiles", "schedule": crontab(minute="*/10")},
}


@setup_logging.connect(dispatch_uid="deltacrown.logging")
def use_the_logging_of_the_settings(**kwargs: Any) -> None:
    """Keep Celery from setting up its own: a receiver of this signal is enough for that."""
    logging.config.dictConfig(settings.LOGGING)
