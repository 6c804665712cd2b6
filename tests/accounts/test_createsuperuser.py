"""``manage.py createsuperuser``, asked and unasked."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts import demo
from apps.accounts.models import User

from .conftest import PASSWORD


def create(**options):
    out = io.StringIO()
    call_command("createsuperuser", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_without_questions_it_takes_the_password_from_the_environment_and_the_person_can_log_in(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    create(interactive=False, username="nadia", email="Nadia@Example.test")
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.is_staff) == ("nadia@example.test", True, True)
    assert Client().post("/accounts/login/", {"login": "nadia", "password": PASSWORD}).url == "/"


def test_with_questions_it_asks_for_all_three(db, monkeypatch):
    answers = iter(["nadia", "nadia@example.test"])
    monkeypatch.setattr("builtins.input", lambda prompt="": next(answers))
    monkeypatch.setattr("getpass.getpass", lambda prompt="": PASSWORD)
    stdin = io.StringIO()
    stdin.isatty = lambda: True
    create(interactive=True, stdin=stdin)
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("username", "email"),
    [
        ("NADIA", "other@example.test"),
        ("other", "NADIA@example.test"),
        ("admin", "o@example.test"),
        ("x", "o@e.test"),
    ],
)
def test_a_name_or_address_that_may_not_be_is_refused_in_words(db, monkeypatch, username, email):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    create(interactive=False, username="nadia", email="nadia@example.test")
    with pytest.raises(CommandError):
        create(interactive=False, username=username, email=email)
    assert User.objects.count() == 1


def test_the_demo_people_can_log_in_and_a_second_load_changes_nothing(db, settings):
    demo.load()
    User.objects.filter(username="rafi").update(first_name="Changed")
    demo.load()
    assert User.objects.count() == 20
    assert User.objects.get(username="rafi").first_name == "Changed"
    assert list(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == ["nadia"]
    assert Client().post("/accounts/login/", {"login": "mim", "password": demo.PASSWORD}).url == "/"
