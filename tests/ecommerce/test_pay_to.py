"""The shop's own numbers: opened, closed, and never changed under a payment."""

import pytest

from apps.core.errors import DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.models import PayTo
from apps.ecommerce.services import pay_to
from tests.ecommerce.buying import order, state
from tests.ecommerce.conftest import staff_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier(db):
    return staff_with("cashier", "change_payto", "view_payto")


def opened(actor, number="01811-222333", **changes):
    return pay_to.open_number(
        actor=actor, **{"provider": "bkash", "number": number, "holder": "DeltaCrown Ltd", **changes}
    )


def test_another_number_closes_the_one_before(shop, rafi, cashier):
    first = opened(cashier)
    bought = order(rafi, shop.product(), provider="bkash")
    assert opened(cashier).pk == first.pk
    second = opened(cashier, "01811-444555")
    assert list(PayTo.objects.order_by("pk").values_list("number", "is_active")) == [
        ("01811-222333", False),
        ("01811-444555", True),
    ]
    assert bought.payments.get().pay_to == first
    pay_to.close_number(actor=cashier, pay_to_id=second.pk)
    assert not PayTo.objects.filter(is_active=True).exists()
    assert AuditEvent.objects.filter(action__startswith="pay_to.").count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "1"}, "number"),
        ({"holder": ""}, "holder"),
        ({"details": "x" * 201}, "details"),
        ({"provider": "cod"}, "provider"),
    ],
)
def test_a_number_that_is_none_is_refused(cashier, changes, field):
    with pytest.raises(DomainError) as refused:
        opened(cashier, **changes)
    assert (refused.value.field, PayTo.objects.count()) == (field, 0)


def test_only_who_may_changes_where_money_goes(cashier, packer, refunder, keeper):
    opened(cashier)
    before = state(PayTo)
    for actor in (packer, refunder, keeper):
        with pytest.raises(PermissionRefused):
            opened(actor, "01911-666777")
        with pytest.raises(PermissionRefused):
            pay_to.close_number(actor=actor, pay_to_id=PayTo.objects.get().pk)
    assert state(PayTo) == before


def test_the_admin_opens_and_closes(client, cashier, settings):
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    client.force_login(cashier)
    client.post(
        "/admin/ecommerce/payto/add/",
        {"provider": "nagad", "number": "01711-222333", "holder": "DeltaCrown", "details": ""},
    )
    found = PayTo.objects.get()
    assert client.get(f"/admin/ecommerce/payto/{found.pk}/change/").status_code == 200
    client.post("/admin/ecommerce/payto/", {"action": "close", "_selected_action": [str(found.pk)]})
    found.refresh_from_db()
    assert not found.is_active
