"""The address book: what is kept, what is refused and where it says so."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.models import Address
from apps.ecommerce.personal_data import personal_data, purge
from apps.ecommerce.services import addresses
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
BOOK = "/me/addresses/"
GIVEN = {
    "name": "Rafi Ahmed",
    "phone": "01712-345678",
    "district": "dhaka",
    "area": "Mirpur",
    "street": "House 12, Road 5",
    "postcode": "1216",
}


def keep(user, **values):
    return addresses.save_address(actor=user, **GIVEN | values)


def default_of(user):
    return Address.objects.filter(user=user, is_default=True).values_list("name", flat=True)


def test_an_address_is_kept_in_one_spelling(rafi):
    kept = keep(rafi, name=" Rafi   Ahmed ", phone="৮৮০১৭১২ ৩৪৫৬৭৮", district="ঢাকা", postcode="১২১৬")
    assert kept.lines == ("Rafi Ahmed", "House 12, Road 5", "Mirpur", "Dhaka 1216", "+8801712345678")
    assert (kept.district, kept.division_name, kept.is_default) == ("dhaka", "Dhaka", True)
    assert keep(rafi, district="Comilla").division_name == "Chattogram"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "R", "at least two letters"),
        ("name", "", "such as Rafi Islam"),
        ("phone", "", "such as 01712-345678"),
        ("phone", "0171234567", "such as 01712-345678"),
        ("phone", "01212345678", "such as 01712-345678"),
        ("phone", "+44 20 7946 0958", "such as 01712-345678"),
        ("district", "Kolkata", "one of the 64 districts"),
        ("district", "", "one of the 64 districts"),
        ("area", " ", "Mirpur or Savar"),
        ("area", "x" * 61, "longer than 60"),
        ("street", "", "House 12, Road 5"),
        ("street", "x" * 161, "longer than 160"),
        ("postcode", "12", "four digits"),
        ("postcode", "0123", "four digits"),
        ("postcode", "12165", "four digits"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(rafi, client, field, value, sentence):
    with pytest.raises(DomainError, match=sentence) as refused:
        keep(rafi, **{field: value})
    assert refused.value.field == field

    client.force_login(rafi)
    page = client.post(f"{BOOK}add/", GIVEN | {field: value})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "House 12" in page.content.decode() or field == "street"
    assert not Address.objects.exists()


def test_one_of_them_is_the_default_whatever_happens(rafi):
    home, work, _shop = keep(rafi, name="Home"), keep(rafi, name="Work"), keep(rafi, name="Shop")
    assert list(default_of(rafi)) == ["Home"]
    for _ in range(2):
        addresses.choose_default(actor=rafi, address_id=work.pk)
    assert list(default_of(rafi)) == ["Work"]
    addresses.remove_address(actor=rafi, address_id=work.pk)
    assert list(default_of(rafi)) == ["Shop"]
    keep(rafi, name="Friend", make_default=True)
    assert list(default_of(rafi)) == ["Friend"]
    addresses.save_address(actor=rafi, address_id=home.pk, make_default=True, **GIVEN | {"name": "Home again"})
    assert list(default_of(rafi)) == ["Home again"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.filter(user=rafi).update(is_default=True)


def test_somebody_elses_address_is_none(rafi, client):
    theirs = keep(make_user("mim"))
    for act in (addresses.choose_default, addresses.remove_address):
        with pytest.raises(NotFound):
            act(actor=rafi, address_id=theirs.pk)
    with pytest.raises(NotFound):
        addresses.save_address(actor=rafi, address_id=theirs.pk, **GIVEN | {"name": "Taken over"})
    theirs.refresh_from_db()
    assert (theirs.name, theirs.user.username) == ("Rafi Ahmed", "mim")
    client.force_login(rafi)
    assert "Rafi Ahmed" not in client.get(BOOK).content.decode()


def test_a_book_has_an_end_and_the_gone_have_none(rafi, monkeypatch):
    monkeypatch.setattr(addresses, "ADDRESSES", 1)
    keep(rafi)
    with pytest.raises(Conflict, match="room for 1"):
        keep(rafi)
    with pytest.raises(PermissionRefused):
        keep(make_user("gone", is_active=False))
    assert Address.objects.count() == 1


def test_the_trail_has_no_street_and_the_export_has(rafi):
    addresses.remove_address(actor=rafi, address_id=keep(rafi).pk)
    keep(rafi)
    trail = str(list(AuditEvent.objects.values("action", "target_label", "old", "new")))
    assert "address.removed" in trail
    assert "House 12" not in trail
    assert "1712345678" not in trail
    assert [row["street"] for row in personal_data(rafi)["store_addresses"]] == ["House 12, Road 5"]
    purge(rafi)
    assert not Address.objects.exists()


def test_keeping_changing_choosing_and_removing_by_plain_forms(client, rafi):
    client.force_login(rafi)
    back = {"next": "/crownstore/wishlist/"}
    assert "No address yet" in client.get(BOOK).content.decode()
    assert client.post(f"{BOOK}add/", GIVEN | back).url == back["next"]
    assert client.post(f"{BOOK}add/", GIVEN | {"name": "Office", "next": "https://evil.example/"}).url == BOOK
    home, office = Address.objects.order_by("pk")

    assert 'value="House 12, Road 5"' in client.get(f"{BOOK}{office.pk}/").content.decode()
    client.post(f"{BOOK}{office.pk}/", GIVEN | {"name": "Office", "district": "sylhet"})
    client.post(f"{BOOK}{office.pk}/choose/")
    client.post(f"{BOOK}{home.pk}/remove/")
    page = client.get(BOOK).content.decode()
    assert Address.objects.get().district_name == "Sylhet"
    assert "Checkout starts here" in page
    assert "৳60" in page
    assert "৳120" in page


# Address × who (visitor, member, whose it is): the status. What is refused changes nothing.
MATRIX = {
    ("addresses", "get"): "302 200 200",
    ("add_address", "get"): "302 200 200",
    ("add_address", "post"): "302 422 422",
    ("edit_address", "get"): "302 404 200",
    ("edit_address", "post"): "302 404 422",
    ("choose_address", "post"): "302 404 302",
    ("remove_address", "post"): "302 404 302",
}


@pytest.mark.parametrize("row", MATRIX, ids=" ".join)
def test_who_gets_which_answer(client, rafi, row):
    name, method = row
    address = keep(rafi)
    url = reverse(f"ecommerce:{name}", args=[] if name in ("addresses", "add_address") else [address.pk])
    got = []
    for user in (None, make_user("mim"), rafi):
        client.logout()
        if user:
            client.force_login(user)
        assert Address.objects.count() == 1
        response = getattr(client, method)(url)
        got.append(str(response.status_code))
        assert user or response.url.startswith("/accounts/login/")
    assert " ".join(got) == MATRIX[row]


def test_a_book_costs_the_same_however_full(client, rafi, django_assert_max_num_queries):
    client.force_login(rafi)
    costs = []
    for number in range(4):
        keep(rafi, name=f"Place {number}")
        client.get(BOOK)
        with django_assert_max_num_queries(20) as queries:
            client.get(BOOK)
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_eight_first_addresses_at_once_have_one_default(rafi):
    assert at_once(*[lambda: keep(rafi)] * 8) == {"done": 8}
    assert (Address.objects.count(), len(default_of(rafi))) == (8, 1)
