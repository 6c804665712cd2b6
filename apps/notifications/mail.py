"""Builds a notification's mail and hands it over, telling apart what surely failed and what may not have."""

import smtplib
from collections.abc import Callable
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from apps.notifications import bouncing, registry
from apps.notifications.constants import SMTP_TIMEOUT_SECONDS
from apps.notifications.errors import MaybeDelivered, NotDelivered
from apps.notifications.links import absolute
from apps.notifications.models import Notification
from apps.notifications.rendering import display_name
from apps.notifications.unsubscribing import path_for, preferences_path_for

# Stands in a preview for a link that acts for a person.
HIDDEN = "(a link of their own)"


def build(notification: Notification, *, for_staff: bool = False) -> EmailMultiAlternatives:
    """Return the mail in text and HTML, with the headers by which a mail program unsubscribes in one click.

    ``for_staff`` leaves out the signed links: they act for the person who gets them.
    """
    kind = registry.find(notification.type)
    recipient = notification.recipient
    unsubscribe_url = HIDDEN if for_staff else absolute(path_for(notification))
    of_kind_url = HIDDEN if for_staff else absolute(path_for(notification, only_this_kind=True))
    preferences_url = HIDDEN if for_staff or not recipient else absolute(preferences_path_for(recipient.pk))
    words = {
        "notification": notification,
        "kind": kind,
        "name": display_name(recipient) if recipient else "",
        "url": absolute(notification.url) if notification.url else "",
        "action": kind.action if kind else "Open",
        "context": notification.context,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "preferences_url": preferences_url if recipient else "",
        "unsubscribe_url": unsubscribe_url,
        "unsubscribe_kind_url": of_kind_url if recipient and kind else "",
        "required": bool(kind and kind.required),
    }
    if kind and kind.mail_words:
        words |= kind.mail_words(notification)
    subject = notification.title
    if kind and kind.mail_subject:
        subject = kind.mail_subject.format_map({"title": notification.title, **notification.context})
    template = kind.mail_template if kind else "notifications/email/notification"
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{template}.txt", words).strip() + "\n",
        to=[recipient.email if recipient else notification.address],
        headers=_headers(notification, of_kind_url, required=words["required"]),
    )
    message.attach_alternative(render_to_string(f"{template}.html", words), "text/html")
    return message


def send(message: EmailMultiAlternatives, *, hand_over: Callable[[], bool]) -> bool:
    """Send the mail. ``hand_over`` is asked when the server listens and before it gets anything; False stops it.

    Raises:
        NotDelivered: The server surely did not take it.
        MaybeDelivered: The conversation broke after the hand-over.
    """
    connection = get_connection(timeout=SMTP_TIMEOUT_SECONDS)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(f"No connection to the mail server: {_reason(error)}", permanent=False) from error
    try:
        if not hand_over():
            return False
        try:
            connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise NotDelivered(
                f"Refused: {code} {_text(answer)}",
                permanent=code >= 500,
                bad_address=bouncing.blames_address(code, _text(answer)),
            ) from error
        except smtplib.SMTPResponseException as error:
            # An answer to DATA other than 250 means that the server did not take the message (RFC 5321, 4.2.5).
            raise NotDelivered(
                f"Refused: {error.smtp_code} {_text(error.smtp_error)}", permanent=error.smtp_code >= 500
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MaybeDelivered(f"The conversation broke off: {_reason(error)}") from error
    finally:
        connection.close()
    return True


def _headers(notification: Notification, unsubscribe_url: str, *, required: bool) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    # The same at every try, so that mail programs recognise a second copy; signed, so that nobody guesses it.
    token = bouncing.message_token(notification.pk)
    headers = {
        "Message-ID": f"<notification.{notification.pk}.{token}@{domain}>",
        "List-ID": f"{settings.SITE_NAME} <{notification.type.replace('_', '-')}.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if not required:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _text(answer: bytes | str) -> str:
    return (answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer))[:500]
