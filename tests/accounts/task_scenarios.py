"""The tasks of accounts, for tests/core/test_tasks_once.py."""

import json
from dataclasses import asdict
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from apps.accounts.models import AccountDeletion, OutgoingMail, User
from apps.accounts.sealing import seal
from apps.accounts.services import deletion, mails
from apps.core.models import AuditEvent
from tests.once import Case, a_number, once

LONG_AGO = timedelta(days=60)


def person() -> User:
    name = f"once{a_number()}"
    return User.objects.create_user(name, f"{name}@example.com", "long-enough-password")


def copies(address: str) -> int:
    """Count the mails to an address as a mailbox does: a copy under the same Message-ID is the same mail."""
    return len({str(sent.message()["Message-ID"]) for sent in mail.outbox if sent.to == [address]})


@once("accounts.send_mail", expects={"mails": 1, "stored": 0})
def a_stored_mail() -> Case:
    address = f"once{a_number()}@example.com"
    rendered = mails.RenderedMail(to=address, subject="Hello", text="Hello", html="<p>Hello</p>")
    stored = OutgoingMail.objects.create(
        kind="account/email/account_deleted",
        sealed=seal(json.dumps(asdict(rendered)), purpose=mails.SEALED_FOR),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return Case(
        {"mail_id": str(stored.pk)},
        effect=lambda: {"mails": copies(address), "stored": OutgoingMail.objects.filter(pk=stored.pk).count()},
    )


@once("accounts.purge_deleted_accounts", expects={"name gone": True, "recorded": 1, "told": 1})
def a_deletion_that_is_due() -> Case:
    user = person()
    address = user.email
    deletion.request_deletion(actor=user)
    now = timezone.now()
    AccountDeletion.objects.filter(user=user).update(requested_at=now - LONG_AGO, due_at=now - timedelta(hours=1))
    mail.outbox.clear()
    purged = AuditEvent.objects.filter(action="account.purged", target_id=str(user.pk))
    return Case(
        {},
        effect=lambda: {
            "name gone": not User.objects.filter(username=user.username).exists(),
            "recorded": purged.count(),
            "told": copies(address),
        },
    )


@once("accounts.clean_up", expects={"users": 0, "recorded": 1, "mails": 0})
def what_nobody_confirmed() -> Case:
    user = person()
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - LONG_AGO)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    stored = OutgoingMail.objects.create(
        kind="account/email/account_deleted", sealed="old", expires_at=timezone.now() + timedelta(hours=1)
    )
    OutgoingMail.objects.filter(pk=stored.pk).update(
        created_at=timezone.now() - LONG_AGO, expires_at=timezone.now() - timedelta(hours=1)
    )
    recorded = AuditEvent.objects.filter(action="account.never_verified", target_id=str(user.pk))
    return Case(
        {},
        effect=lambda: {
            "users": User.objects.filter(pk=user.pk).count(),
            "recorded": recorded.count(),
            "mails": OutgoingMail.objects.filter(pk=stored.pk).count(),
        },
    )
