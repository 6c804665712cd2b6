import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from deltacrown.local import prepare
from deltacrown.local.state import State

pytestmark = pytest.mark.django_db


def make(username, password=prepare.DEMO_PASSWORD, **options):
    return get_user_model().objects.create_user(
        username=username, email=f"{username}@example.com", password=password, **options
    )


def test_the_demo_logins_that_work_are_named_staff_first():
    make("rafi")
    make("nadia", is_staff=True)

    assert [(login["username"], login["about"]) for login in prepare._logins()] == [
        ("nadia", "staff, also at /admin/"),
        ("rafi", "player"),
    ]


def test_a_login_whose_password_was_changed_is_not_named():
    make("rafi", password="something else entirely")
    make("somebody")

    assert prepare._logins() == []


def test_each_database_gets_its_demo_data_once(tmp_path, monkeypatch):
    state = State(tmp_path)
    assert prepare._is_new_to_demo(state)

    prepare._remember_demo(state)

    assert not prepare._is_new_to_demo(state)
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "another")
    assert prepare._is_new_to_demo(state)
