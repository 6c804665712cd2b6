"""The check-up: what is set, what is missing, and what it costs."""

import pytest
from allauth.account.models import EmailAddress

from apps.accounts.selectors import security_overview


def test_who_has_just_signed_up_is_told_what_is_missing(client, user, log_in):
    log_in(client, user)
    page = client.get("/accounts/security/")
    overview = page.context["overview"]
    assert (overview.score, overview.email_verified, overview.has_second_factor, overview.sessions) == (
        2,
        True,
        False,
        1,
    )
    html = page.content.decode()
    assert "2 of 4" in html
    assert "Set up" in html
    assert "Recovery codes" not in html


def test_everything_set_is_four_of_four(user, second_factor):
    second_factor(user)
    overview = security_overview(user)
    assert (overview.score, overview.has_totp, overview.recovery_codes) == (4, True, 10)


def test_few_recovery_codes_and_a_pending_address_are_shown(user, second_factor):
    _, codes = second_factor(user)
    recovery = user.authenticator_set.get(type="recovery_codes").wrap()
    for code in codes[:8]:
        assert recovery.validate_code(code)
    EmailAddress.objects.create(user=user, email="new@example.test", verified=False)
    overview = security_overview(user)
    assert (overview.recovery_codes, overview.score, overview.pending_email) == (2, 3, "new@example.test")


def test_it_costs_four_queries_however_much_there_is(user, second_factor, django_assert_num_queries):
    second_factor(user)
    # Addresses, second factors, number of sessions, linked accounts.
    with django_assert_num_queries(4):
        security_overview(user)


@pytest.mark.parametrize(
    "path",
    [
        "security/",
        "email/",
        "password/change/",
        "2fa/",
        "sessions/",
        "3rdparty/",
        "data/",
        "delete/",
        "sessions/1/end/",
    ],
)
def test_a_visitor_is_sent_to_the_login_and_back(client, db, path):
    method = client.post if path.endswith("end/") else client.get
    response = method(f"/accounts/{path}")
    assert response.status_code == 302
    assert response.url.startswith(("/accounts/login/?next=/accounts/", "/accounts/login/?next=%2Faccounts%2F"))
