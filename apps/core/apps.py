from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created

from apps.core import context, slots, slow_queries, sql_comment


def learn_user(*, user: Any, **kwargs: Any) -> None:
    context.learn(user_id=user.pk)


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = "Platform"

    def ready(self) -> None:
        # Their models are loaded by now.
        from apps.core import staff_queues
        from apps.core.backups import operations as backup_operations
        from apps.core.failures import handler, store
        from apps.core.jobs import checks  # noqa: F401 - registers itself
        from apps.core.mailbox.hint import mail_hint
        from apps.core.metrics import families
        from apps.core.operations import own_sections
        from apps.core.operations.verdict import RUNBOOK_SLOT
        from apps.core.runbooks import books, pages

        connection_created.connect(slow_queries.install, dispatch_uid="core.slow_queries")
        connection_created.connect(sql_comment.install, dispatch_uid="core.sql_comment")
        user_logged_in.connect(learn_user, dispatch_uid="core.learn_user")
        slots.register("mail_hint", mail_hint)
        staff_queues.register(staff_queues.own)
        families.register_all()
        books.register_all()
        slots.register(RUNBOOK_SLOT, pages.address)
        handler.send_to(store.note_failure)
        slow_queries.send_to(store.note_slow)
        own_sections.register_all()
        backup_operations.register_all()
