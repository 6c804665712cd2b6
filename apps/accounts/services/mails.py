"""Mails about an account: stored with the change they tell of, sent by a job."""

import json
import logging
from dataclasses import asdict, dataclass
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.utils import DNS_NAME
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from apps.accounts.constants import MAIL_LIFETIME
from apps.accounts.models import OutgoingMail, User
from apps.accounts.sealing import Unreadable, seal, unseal
from apps.core import jobs

logger = logging.getLogger(__name__)

SEALED_FOR = "mail"
FINAL = 500  # SMTP: from here on a refusal is for good


@dataclass(frozen=True, slots=True)
class RenderedMail:
    to: str
    subject: str
    text: str
    html: str


def render_mail(kind: str, *, to: str, context: dict[str, Any]) -> RenderedMail:
    """Render one template, ``<kind>.html``, three times: as subject, as text and as HTML."""
    context = {
        "email": to,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "now": timezone.now(),
        **context,
    }
    subject, text, html = (
        render_to_string(f"{kind}.html", {**context, "layout": f"account/email/layout.{part}.html"})
        for part in ("subject", "text", "html")
    )
    # One line, whatever a name in it holds: a second one would be a header of its own.
    return RenderedMail(to=to, subject=" ".join(subject.split()), text=f"{text.strip()}\n", html=html.strip())


@transaction.atomic
def queue_mail(kind: str, *, to: str, context: dict[str, Any], user: User | None = None) -> OutgoingMail:
    """Render and store a mail and start the job that sends it, all with the caller's change or not at all.

    Args:
        kind: The template's path without its ending; staff and logs may show it.
        context: What the template needs. Rendered here, because a link made later may be another one.
        user: Whom it is about. The mail goes when they go.
    """
    mail = OutgoingMail.objects.create(
        kind=kind,
        sealed=seal(json.dumps(asdict(render_mail(kind, to=to, context=context))), purpose=SEALED_FOR),
        user=user,
        expires_at=timezone.now() + MAIL_LIFETIME,
    )
    jobs.enqueue("accounts.send_mail", mail_id=str(mail.pk), _queue="critical")
    return mail


@transaction.atomic
def send_mail(*, mail_id: UUID | str) -> bool:
    """Hand one stored mail to the mail server and forget it. Return whether it was sent now.

    The row is the claim: two runs at once send one mail, and a second run finds nothing. A server that takes the mail
    and dies before it says so gets it again under the same Message-ID, by which mailboxes drop the copy.
    """
    mail = OutgoingMail.objects.select_for_update().filter(pk=mail_id).first()
    if mail is None:
        return False
    if mail.expires_at <= timezone.now():
        logger.warning("A mail of kind %s expired before it could be sent", mail.kind)
        mail.delete()
        return False
    try:
        content = RenderedMail(**json.loads(unseal(mail.sealed, purpose=SEALED_FOR)))
    except Unreadable:
        # The key changed without a fallback. The link inside would not open either.
        logger.exception("A mail of kind %s can't be read with today's keys", mail.kind)
        mail.delete()
        return False
    message = EmailMultiAlternatives(
        content.subject, content.text, to=[content.to], headers={"Message-ID": f"<{mail.pk}@{DNS_NAME}>"}
    )
    message.attach_alternative(content.html, "text/html")
    try:
        message.send()
    except SMTPRecipientsRefused as refusal:
        if any(code < FINAL for code, _ in refusal.recipients.values()):
            raise
        # There is no such mailbox, and there will be none in ten minutes. Which one is nobody's business here.
        logger.warning("A mail of kind %s was refused for good", mail.kind)
        mail.delete()
        return False
    mail.delete()
    return True


def forget_expired_mails() -> int:
    """Delete mails that nobody will send any more. Return how many."""
    return OutgoingMail.objects.filter(expires_at__lte=timezone.now()).delete()[0]
