"""The wallet in the browser's eyes: what it shows, what it costs, what it gives to take along."""

import csv
import importlib.util
import io
import json

import pytest
from django.conf import settings
from django.urls import reverse

from apps.accounts.personal_data import write_export
from apps.accounts.services.deletion import purge_account
from apps.core import slots
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet, LedgerAudit, WalletAdjustment
from apps.economy.personal_data import personal_data, purge
from apps.economy.services import award, debit, hold, transfer
from apps.economy.urls import urlpatterns
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db

WHO = ("visitor", "stranger", "owner", "superuser")
MATRIX = {
    "wallet": "302 200 200 200",
    "entry": "302 404 200 404",
    "export": "302 404 200 404",
    "statement": "302 404 200 404",
}


@pytest.fixture
def rich(rafi):
    """Rafi with an award, a purchase, a hold and a transfer from Mim."""
    award(profile=rafi.profile, amount=500, reason="winner", tournament_id=7, note="=Dhaka Open")
    debit(profile=rafi.profile, amount=120, reason="purchase", actor=rafi, cause="order:5")
    mim = make_user("mim")
    award(profile=mim.profile, amount=50, reason="participation", tell=False)
    transfer(actor=mim, sender=mim.profile, recipient=rafi.profile, amount=40)
    hold(profile=rafi.profile, amount=100, cause="order:6", idempotency_key="h", actor=rafi)
    return rafi


def body(response):
    return b"".join(response).decode() if response.streaming else response.content.decode()


@pytest.mark.parametrize("name", MATRIX)
def test_who_opens_what(client, rich, nadia, name):
    entry = DeltaCrownTransaction.objects.order_by("pk").first()
    people = {"visitor": None, "stranger": make_user(), "owner": rich, "superuser": nadia}
    got = []
    for who in WHO:
        client.logout()
        if people[who]:
            client.force_login(people[who])
        url = reverse(f"economy:{name}", args=[entry.pk] if name == "entry" else [])
        got.append(str(client.get(url).status_code))
        assert client.post(url).status_code == 405

    assert " ".join(got) == MATRIX[name]


def test_every_address_has_its_row():
    assert {pattern.name for pattern in urlpatterns} == set(MATRIX)


def test_the_wallet_says_what_there_is_and_why(client, rich):
    client.force_login(rich)

    page = body(client.get(reverse("economy:wallet")))

    for words in ("420\xa0DC", "100\xa0DC", "320\xa0DC", "You won a tournament", "You bought something"):
        assert words in page
    assert "Another player sent you coins" in page
    assert "mim" not in page


def test_an_empty_wallet_says_how_to_fill_it(client, rafi):
    client.force_login(rafi)

    page = body(client.get(reverse("economy:wallet")))

    assert "No coins yet" in page
    assert not DeltaCrownWallet.objects.exists()


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("", [40, -120, 500]),
        ("way=in", [40, 500]),
        ("way=out", [-120]),
        ("reason=winner", [500]),
        ("since=2030-01-01", []),
        ("until=2020-01-01", []),
        ("since=yesterday&reason=nonsense", [40, -120, 500]),
        ("before=2", [500]),
        ("before=1", []),
        ("before=x", [40, -120, 500]),
    ],
)
def test_filters_and_pages(client, rich, query, amounts):
    client.force_login(rich)

    page = client.get(f"{reverse('economy:wallet')}?{query}").context["page"]

    assert [entry.amount for entry in page.entries] == amounts


def test_pages_join_without_gap_or_overlap(client, rafi):
    for _ in range(65):
        award(profile=rafi.profile, amount=1, reason="promotion", tell=False)
    client.force_login(rafi)
    url, seen = reverse("economy:wallet"), []
    while url:
        context = client.get(url).context
        seen += [entry.sequence for entry in context["page"].entries]
        url = context["next_url"] and reverse("economy:wallet") + context["next_url"]

    assert seen == list(range(65, 0, -1))


def test_the_wallet_costs_the_same_with_3_and_with_200_entries(client, rafi, django_assert_max_num_queries):
    award(profile=rafi.profile, amount=1, reason="promotion", tell=False)
    client.force_login(rafi)
    client.get(reverse("economy:wallet"))

    def cost():
        # The wallet itself takes: wallet, two sides of the list, the days of two sides, the balances of one, the
        # last before on two sides, ways to earn (2). The rest is session, user and what the frame shows of them.
        with django_assert_max_num_queries(15) as captured:
            client.get(reverse("economy:wallet"))
        return len(captured)

    few = cost()
    for _ in range(199):
        award(profile=rafi.profile, amount=1, reason="promotion", tell=False)
    assert cost() == few


def test_htmx_gets_the_list_alone(client, rich):
    client.force_login(rich)

    page = body(client.get(reverse("economy:wallet"), headers={"HX-Request": "true"}))

    assert "You won a tournament" in page
    assert "<html" not in page


def test_an_entry_tells_both_sides_and_links_its_cause(client, rich):
    client.force_login(rich)
    bought = DeltaCrownTransaction.objects.get(reason="purchase")

    def order(kind, which, viewer):
        return (f"Order {which}", f"/orders/{which}/") if kind == "order" and viewer == rich else None

    slots.register("ledger_cause", order)
    try:
        page = body(client.get(bought.get_absolute_url()))
    finally:
        slots._slots["ledger_cause"] = {fill for fill in slots._slots["ledger_cause"] if fill.fill is not order}

    assert '<a href="/orders/5/">Order 5</a>' in page
    assert "Store" in page
    assert bought.hash in page


def test_a_note_can_not_bring_markup(client, rafi):
    entry = award(profile=rafi.profile, amount=5, reason="promotion", note="<script>alert(1)</script>")
    client.force_login(rafi)

    assert "<script>alert" not in body(client.get(entry.get_absolute_url()))


def test_the_csv_holds_the_filtered_entries_and_no_formula(client, rich):
    client.force_login(rich)

    response = client.get(reverse("economy:export") + "?way=in")
    rows = list(csv.DictReader(io.StringIO(body(response).removeprefix("\ufeff"))))

    assert [(row["amount_dc"], row["balance_dc"], row["note"]) for row in rows] == [
        ("40", "420", ""),
        ("500", "500", "'=Dhaka Open"),
    ]
    assert "attachment" in response["Content-Disposition"]


@pytest.fixture
def check():
    """The checker that members download."""
    path = settings.BASE_DIR / "static" / "economy" / "verify_statement.py"
    spec = importlib.util.spec_from_file_location("verify_statement", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.check


def test_the_statement_proves_itself_to_its_owner(client, rich, check):
    client.force_login(rich)

    statement = json.loads(body(client.get(reverse("economy:statement"))))

    assert (statement["balance"], statement["entries"], len(statement["chain"])) == (420, 3, 3)
    assert check(statement) == []
    # What the other player has is not on it.
    assert "10" not in [str(field) for entry in statement["chain"] for field in entry["fields"][3:5]]


@pytest.mark.parametrize("place", range(18))
def test_the_checker_finds_a_change_in_any_field(client, rich, check, place):
    client.force_login(rich)
    statement = json.loads(body(client.get(reverse("economy:statement"))))

    field = statement["chain"][1]["fields"][place]
    statement["chain"][1]["fields"][place] = field + 1 if isinstance(field, int) else f"{field}x"

    assert check(statement) != []


def test_the_checker_finds_a_missing_entry(client, rich, check):
    client.force_login(rich)
    statement = json.loads(body(client.get(reverse("economy:statement"))))

    del statement["chain"][0]
    statement["entries"] -= 1

    assert check(statement) != []


def test_the_export_of_a_person_holds_wallet_and_entries(rich):
    given = personal_data(rich)

    assert [row["amount"] for row in given["wallet_entries"]] == [40, -120, 500]
    assert given["wallet"][0]["balance"] == 420
    assert personal_data(make_user()) == {"wallet": [], "wallet_entries": []}
    with write_export(rich) as file:
        assert file.read(2) == b"PK"


def test_a_deleted_account_frees_its_holds_and_keeps_its_entries(rich):
    purge(rich)

    wallet = DeltaCrownWallet.objects.get(profile=rich.profile)
    assert (wallet.held_balance, wallet.cached_balance, wallet.entries) == (0, 420, 3)
    assert purge_account(user_id=rich.pk) is False  # nobody asked for it; the slot is what was tried


@pytest.fixture
def staff(client, nadia, settings):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(nadia)
    return client


@pytest.mark.parametrize(
    "model", ["deltacrownwallet", "deltacrowntransaction", "hold", "ledgeraudit", "coinpolicy", "walletadjustment"]
)
def test_staff_read_everything(staff, rich, model):
    assert staff.get(reverse(f"admin:economy_{model}_changelist")).status_code == 200
    if model != "coinpolicy":
        assert staff.get(f"/admin/economy/{model}/add/").status_code == 403


def test_the_ledger_is_found_by_name_and_read_only(staff, rich):
    entry = DeltaCrownTransaction.objects.first()

    found = staff.get(reverse("admin:economy_deltacrowntransaction_changelist"), {"q": "rafi"})
    assert found.context["cl"].result_count == 2
    assert staff.post(reverse("admin:economy_deltacrowntransaction_change", args=[entry.pk]), {}).status_code == 403


def test_a_balance_is_adjusted_by_the_form(staff, rich, nadia):
    url = "/admin/economy/deltacrownwallet/adjust/"
    key = staff.get(url).context["form"].initial["key"]
    sent = {"username": "RAFI", "amount": "75", "note": "Caster", "key": key}

    assert staff.post(url, sent).status_code == 302
    assert staff.post(url, sent).status_code == 302

    assert DeltaCrownWallet.objects.get(profile=rich.profile).cached_balance == 495
    wrong = staff.post(url, {**sent, "key": "other", "amount": "-9999"})
    assert "to spend" in body(wrong)
    assert WalletAdjustment.objects.count() == 1


def test_a_list_is_checked_then_paid(staff, rich):
    url = "/admin/economy/deltacrownwallet/bulk/"
    lines = "username,amount,reason,note\nrafi,5,promotion,Eid\n"

    checked = staff.post(url, {"list": lines, "check": ""})
    assert checked.context["grant"].coins == 5
    assert DeltaCrownWallet.objects.get(profile=rich.profile).cached_balance == 420

    assert staff.post(url, {"list": lines, "pay": ""}).status_code == 302
    assert DeltaCrownWallet.objects.get(profile=rich.profile).cached_balance == 425


def test_staff_without_the_right_adjust_nothing(client, rich, settings):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(make_user("clerk", is_staff=True))

    for page in ("adjust", "bulk"):
        assert client.post(f"/admin/economy/deltacrownwallet/{page}/", {"username": "rafi"}).status_code == 403
    assert not WalletAdjustment.objects.exists()


def test_the_second_person_decides_in_the_list(staff, rich, nadia, sadia):
    wish = WalletAdjustment.objects.create(
        wallet=rich.profile.wallet, amount=20_000, note="Prize", requested_by=nadia, idempotency_key="w"
    )
    url = reverse("admin:economy_walletadjustment_changelist")
    sent = {"action": "approve", "_selected_action": [wish.pk]}

    staff.post(url, sent)
    wish.refresh_from_db()
    assert wish.state == "waiting"
    staff.force_login(sadia)
    staff.post(url, sent)

    wish.refresh_from_db()
    assert (wish.state, wish.decided_by) == ("done", sadia)


def test_a_policy_is_changed_through_the_service(staff, nadia):
    from apps.core.models import AuditEvent
    from apps.economy.models import CoinPolicy

    policy = CoinPolicy.objects.get_or_create(rule="winner", defaults={"amount": 500})[0]
    url = reverse("admin:economy_coinpolicy_change", args=[policy.pk])

    staff.post(url, {"amount": "600", "cap": "5", "window": "week", "is_active": "on"})

    policy.refresh_from_db()
    assert policy.amount == 600
    assert AuditEvent.objects.filter(action="coin_policy.changed", actor_id=nadia.pk).exists()


def test_the_command_proves_and_records(rich, capsys):
    from django.core.management import CommandError, call_command

    from tests.economy.test_database import tamper

    call_command("audit_ledger")
    assert capsys.readouterr().out.startswith("4 entries, 2 wallets, 430 DC, 0 faults")

    tamper("UPDATE economy_deltacrown_transaction SET note = 'x' WHERE reason = 'purchase'")
    with pytest.raises(CommandError):
        call_command("audit_ledger")

    assert list(LedgerAudit.objects.order_by("pk").values_list("faults", flat=True)) == [0, 1]
    assert LedgerAudit.objects.first().findings[0]["kind"] == "entry"


def test_the_demo_moves_its_coins_once(db):
    from apps.economy import demo

    for name in ("rafi", "mim", "tanvir"):
        make_user(name)
    make_user("nadia", is_staff=True, is_superuser=True)

    demo.load()
    count = DeltaCrownTransaction.objects.count()
    demo.load()

    assert DeltaCrownTransaction.objects.count() == count > 8
