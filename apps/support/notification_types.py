"""What support tells people."""

from apps.notifications.registry import NotificationType

TYPES = (
    NotificationType(
        code="support.ticket_opened",
        group="support",
        label="Your message to support",
        title="We have your message: {subject_line}",
        body="Hi {name}, your ticket is {reference}. A person reads it, usually within a day, and answers here.",
        url="/contact/",
        action="Write again",
        channels=frozenset({"email"}),
        required=True,
        mail_subject="[{reference}] We have your message",
    ),
    NotificationType(
        code="support.ticket_answered",
        group="support",
        label="Answers from support",
        title="Re: {subject_line}",
        body="Hi {name},\n\n{answer}\n\nThis is about your ticket {reference}.",
        url="/contact/",
        action="Write again",
        channels=frozenset({"email"}),
        required=True,
        mail_subject="[{reference}] {subject_line}",
    ),
)
