"""A question reaches staff, is confirmed once, and is answered by mail."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core import mail

from apps.accounts.models import User
from apps.core.errors import Conflict, PermissionRefused, RateLimited
from apps.core.models import AuditEvent
from apps.support import services
from apps.support.constants import Status
from apps.support.models import Ticket, TicketMessage
from apps.support.personal_data import collect

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = {
    "origin": "ip:203.0.113.7",
    "name": "Mim",
    "email": "mim@example.test",
    "category": "team",
    "subject": "Our tag",
    "message": "Somebody plays under our tag.",
}


@pytest.fixture
def agent() -> User:
    user = User.objects.create_user("agent", "agent@example.test", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_ticket"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ticket() -> Ticket:
    return services.open_ticket(actor=AnonymousUser(), **QUESTION)


def test_a_visitors_question_is_kept_and_confirmed_by_one_mail(ticket: Ticket) -> None:
    assert (ticket.requester, ticket.status, ticket.messages.get().body) == (None, Status.OPEN, QUESTION["message"])
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["mim@example.test"], f"[{ticket.reference}] We have your message")
    ]
    assert AuditEvent.objects.get(action="ticket.opened").target_label == str(ticket)


def test_a_members_question_is_in_their_personal_data() -> None:
    member = User.objects.create_user("rafi", "rafi@example.test")
    services.open_ticket(actor=member, **QUESTION)
    [exported] = collect(member)["support_tickets"]
    assert exported["messages"][0]["body"] == QUESTION["message"]


def test_an_answer_goes_out_and_the_ticket_waits_for_the_requester(ticket: Ticket, agent: User) -> None:
    mail.outbox.clear()
    services.reply_to_ticket(actor=agent, ticket_id=ticket.pk, message="We looked: it is yours.")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assigned_to) == (Status.ANSWERED, agent)
    assert ticket.first_response_at is not None
    [sent] = mail.outbox
    assert sent.to == ["mim@example.test"]
    assert "We looked: it is yours." in sent.body


def test_who_is_not_of_the_staff_answers_nothing(ticket: Ticket) -> None:
    mail.outbox.clear()
    stranger = User.objects.create_user("rafi", "rafi@example.test")
    colleague = User.objects.create_user("nadia", "nadia@example.test", is_staff=True)
    for actor in (stranger, colleague):
        with pytest.raises(PermissionRefused, match="Only support staff"):
            services.reply_to_ticket(actor=actor, ticket_id=ticket.pk, message="Hello.")
        with pytest.raises(PermissionRefused):
            services.close_ticket(actor=actor, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert (ticket.status, TicketMessage.objects.count(), mail.outbox) == (Status.OPEN, 1, [])


def test_a_closed_ticket_takes_no_answer(ticket: Ticket, agent: User) -> None:
    services.close_ticket(actor=agent, ticket_id=ticket.pk)
    services.close_ticket(actor=agent, ticket_id=ticket.pk)
    with pytest.raises(Conflict, match="closed"):
        services.reply_to_ticket(actor=agent, ticket_id=ticket.pk, message="One more thing.")
    assert AuditEvent.objects.filter(action="ticket.closed").count() == 1
    assert TicketMessage.objects.count() == 1


def test_the_sixth_question_within_an_hour_is_refused(ticket: Ticket) -> None:
    for number in range(4):
        services.open_ticket(actor=AnonymousUser(), **{**QUESTION, "email": f"{number}@example.test"})
    with pytest.raises(RateLimited):
        services.open_ticket(actor=AnonymousUser(), **{**QUESTION, "email": "other@example.test"})
    assert Ticket.objects.count() == 5
