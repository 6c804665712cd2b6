"""Signing up: from the form to the confirmed address, and what stands in the way."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from apps.accounts.models import OutgoingMail, User
from apps.core.models import AuditEvent, Job

from .conftest import PASSWORD, link_in

FORM = {"username": "Rafi_7", "email": "Rafi@Example.test", "password1": PASSWORD}


def sign_up(client, mailed, **changes):
    mails = mailed(lambda: client.post("/accounts/signup/", {**FORM, **changes}))
    return mailed.response, mails


def test_a_visitor_signs_up_confirms_by_the_mail_and_is_in(client, db, mailed):
    response, [message] = sign_up(client, mailed)
    assert (response.status_code, response.url) == (302, "/accounts/confirm-email/")
    assert message.to == ["rafi@example.test"]
    assert message.subject == "Confirm your e-mail"
    page = client.get(link_in(message))
    assert page.status_code == 200
    assert not EmailAddress.objects.get().verified, "looking at the link must not confirm: mail scanners look"

    mailed(lambda: client.post(link_in(message)))

    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("rafi@example.test", True, True)
    assert client.get("/accounts/security/").status_code == 200, "the browser that signed up is logged in"
    assert AuditEvent.objects.filter(action="account.created").count() == 1
    assert AuditEvent.objects.filter(action="account.email_confirmed").count() == 1


def test_the_link_works_in_another_browser_which_then_asks_for_the_password(client, db, mailed, log_in):
    _, [message] = sign_up(client, mailed)
    other = Client()
    response = other.post(link_in(message))
    assert (response.status_code, response.url) == (302, "/accounts/login/")
    assert EmailAddress.objects.get().verified
    log_in(other, User.objects.get())
    assert other.get("/accounts/security/").status_code == 200


def test_nobody_gets_in_before_the_address_is_confirmed_and_logging_in_sends_the_link_again(client, db, mailed):
    sign_up(client, mailed)
    from django.core.cache import cache

    cache.clear()  # two minutes pass
    mails = mailed(lambda: Client().post("/accounts/login/", {"login": "rafi_7", "password": PASSWORD}))
    assert mailed.response.url == "/accounts/confirm-email/"
    assert [m.subject for m in mails] == ["Confirm your e-mail"]
    assert client.get("/accounts/security/").status_code == 302


def test_the_mail_is_text_and_html_with_the_same_link(client, db, mailed):
    _, [message] = sign_up(client, mailed)
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert link_in(message) in html
    assert "<" not in message.body.replace(link_in(message), ""), "no tags in the text"


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("ab", "A username has 3 to 20 characters."),
        ("a" * 21, "A username has 3 to 20 characters."),
        ("admin", "This name is reserved."),
        ("Ad.min", "This name is reserved."),
        ("_admin_", "This name is reserved."),
        ("teams", "This name is reserved."),
        ("deleted-5", "This name is reserved."),
        ("rаfi", "Use Latin letters"),
        ("রাফি", "Use Latin letters"),
        ("ra fi", "Use Latin letters"),
        ("ra..fi", "Use Latin letters"),
        (".rafi", "Use Latin letters"),
        ("rafi-", "Use Latin letters"),
        ("rafi@home", "Use Latin letters"),
    ],
)
def test_a_username_that_may_not_be_is_refused_with_the_reason(client, db, mailed, username, sentence):
    response, mails = sign_up(client, mailed, username=username)
    assert response.status_code == 200
    assert response.context["form"].errors["username"][0].startswith(sentence)
    assert (User.objects.count(), mails) == (0, [])


@pytest.mark.parametrize("username", ["Rafi", "rafi.x", "r_a-f.i", "_rafi_", "007", "a" * 20])
def test_a_good_username_is_taken(client, db, mailed, username):
    response, _ = sign_up(client, mailed, username=username)
    assert response.status_code == 302
    assert User.objects.get().username == username


@pytest.mark.parametrize("password", ["short-pw", "password123", "1234567890", "Rafi_7rafi"])
def test_a_weak_password_is_refused(client, db, mailed, password):
    response, mails = sign_up(client, mailed, password1=password)
    assert response.context["form"].errors["password1"]
    assert (User.objects.count(), mails) == (0, [])


def test_a_username_is_taken_whatever_its_case(client, make_user, mailed):
    make_user("RAFI_7", email="other@example.test")
    response, mails = sign_up(client, mailed)
    assert response.context["form"].errors["username"] == ["This username is taken."]
    assert (User.objects.count(), mails) == (1, [])


def test_a_known_address_gets_the_same_answer_as_a_new_one_and_a_mail_that_says_so(client, make_user, mailed):
    new, _ = sign_up(client, mailed, username="someone", email="new@example.test")
    make_user("tanvir", email="rafi@example.test")
    known, mails = sign_up(Client(), mailed)
    assert (known.status_code, known.url) == (new.status_code, new.url)
    assert [m.subject for m in mails] == ["You have an account already"]
    assert not User.objects.filter(username="Rafi_7").exists()


def test_an_unconfirmed_address_is_not_given_to_a_second_account(client, db, mailed):
    sign_up(client, mailed, username="first")
    from django.core.cache import cache

    cache.clear()
    response, mails = sign_up(Client(), mailed, username="second")
    assert response.url == "/accounts/confirm-email/"
    assert [m.subject for m in mails] == ["You have an account already"]
    assert [u.username for u in User.objects.all()] == ["first"]


def test_nobody_keeps_an_address_from_its_owner_by_pretending_to_change_to_it(client, make_user, mailed):
    squatter = make_user("squatter")
    EmailAddress.objects.create(user=squatter, email="rafi@example.test", verified=False)
    _, mails = sign_up(client, mailed)
    assert [m.subject for m in mails] == ["Confirm your e-mail"]
    assert not EmailAddress.objects.filter(user=squatter, email="rafi@example.test").exists()


def test_the_database_itself_refuses_the_same_name_or_address_in_another_case(make_user):
    make_user("Rafi", email="rafi@example.test")
    for fields in ({"username": "rAFI", "email": "b@example.test"}, {"username": "b_b", "email": "RAFI@example.TEST"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="a b", email="c@example.test")
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("field", "values"),
    [("username", ["Rafi_7", "rafi_7", "RAFI_7", "rAfI_7"]), ("email", ["rafi@example.test", "RAFI@example.test"] * 2)],
)
def test_four_at_once_for_one_name_or_address_make_one_account_and_no_error(field, values):
    start = threading.Barrier(len(values))
    answers = []

    def join(number, value):
        form = {"username": f"player_{number}", "email": f"p{number}@example.test", "password1": PASSWORD, field: value}
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        start.wait()
        try:
            answers.append(client.post("/accounts/signup/", form).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=(n, v)) for n, v in enumerate(values)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert User.objects.filter(**{f"{field}__iexact": values[0]}).count() == 1
    assert User.objects.count() == 1
    # A late username sees the form again; a late address may not learn that it is late.
    assert sorted(answers) == ([200, 200, 200, 302] if field == "username" else [302] * 4)


def test_no_link_stands_in_the_job_or_in_the_waiting_mail(client, db, caplog):
    client.post("/accounts/signup/", FORM)
    job = Job.objects.get(name="accounts.send_mail")
    waiting = OutgoingMail.objects.get()
    assert (job.queue, job.args) == ("critical", {"mail_id": str(waiting.pk)})
    for text in (waiting.sealed, caplog.text, str(job.args)):
        assert "confirm-email/" not in text.replace("/accounts/confirm-email/ ", "")
        assert "rafi@example.test" not in text
    assert mail.outbox == [], "nothing leaves before the change is committed"


def test_a_person_and_their_mail_are_stored_together_or_not_at_all(client, db, monkeypatch):
    def full_disk(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("apps.accounts.adapters.queue_mail", full_disk)
    client.raise_request_exception = False
    assert client.post("/accounts/signup/", FORM).status_code == 500
    assert User.objects.count() == 0
