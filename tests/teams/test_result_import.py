"""Results from a file: checked, recorded whole or not at all, paid once."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from apps.core.errors import Conflict, PermissionRefused
from apps.core.models import AuditEvent
from apps.economy.models import CoinPolicy, DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from apps.economy.services import debit
from apps.notifications.models import Notification
from apps.teams.events import ResultRecorded
from apps.teams.models import ResultImport, ResultImportLine, Team, TeamTournamentRegistration
from apps.teams.news.results import cause_of_payment
from apps.teams.personal_data import personal_data
from apps.teams.services import result_imports as services
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.result_imports import confirm_import, discard_import, start_import
from apps.teams.services.result_notices import tell_import
from apps.teams.services.result_rosters import forget_player
from apps.teams.services.results import record_result
from tests.teams.importing import checked, effects, problems, recorded, results, row, table
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


@pytest.fixture
def ravens(db):
    """Ravens of Rangpur: two players since January."""
    captain = make_user("ovi")
    team = make_team("Rangpur Ravens", captain=captain, tag="RR", slug="rangpur-ravens")
    since(team)
    add_member(team, make_user("ritu"), joined_at=LONG_AGO)
    return team


@pytest.fixture
def wolves(rafi, mim):
    """Dhaka Wolves: Rafi and Mim since January."""
    team = make_team("Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves")
    since(team)
    add_member(team, mim, joined_at=LONG_AGO)
    return team


def since(team, at=LONG_AGO):
    """Let the team's captain have been there for long. What happened can't be changed, so it is told a second time."""
    from apps.teams.models import RosterChange

    member = team.memberships.get(role="captain")
    RosterChange.objects.create(
        team=team, profile=member.profile, membership=member, kind="joined", role="captain", status="active", at=at
    )


def coins():
    return dict(DeltaCrownWallet.objects.values_list("profile__user__username", "cached_balance"))


TWO = table(row("dhaka-wolves", 1), row("tag:rr", 2))


def test_a_file_is_recorded_paid_and_counted(wolves, ravens, boss):
    imported = recorded(TWO, boss)

    assert (imported.state, imported.recorded, imported.coins) == ("done", 2, 2 * (20 + 500) + 2 * (20 + 250))
    assert results() == [(101, "dhaka-wolves", 1, "completed"), (101, "rangpur-ravens", 2, "completed")]
    assert coins() == {"rafi": 520, "mim": 520, "ovi": 270, "ritu": 270}
    assert prove().count == 0
    result = TeamTournamentRegistration.objects.get(team=wolves)
    assert [(player["name"], player["role"]) for player in result.roster] == [("rafi", "captain"), ("mim", "player")]
    assert (result.played_on, result.tournament_name, result.source) == (date(2026, 6, 1), "Dhaka Open", imported)
    ranking_service.recalculate_all_teams(reason="Night")
    wolves.refresh_from_db()
    assert wolves.ranking.wins == 1


def test_every_encoding_that_programs_write_is_read_alike(wolves, ravens):
    text = TWO.decode().replace("Dhaka Open", "ঢাকা ওপেন")
    semicolons, tabs = text.replace(",", ";"), text.replace(",", "\t")
    files = (
        text.encode(),
        text.encode("utf-8-sig"),
        tabs.encode("utf-16"),
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
        b"\xef\xbb\xbfsep=;\r\n" + semicolons.replace("\n", "\r\n").encode(),
        text.replace("dhaka-wolves", '" dhaka-wolves "').encode(),
        text.rstrip("\n").encode(),
        text.replace("\n", ",,\n").encode(),
        text.upper().replace("DHAKA-WOLVES", "Dhaka Wolves").replace("TAG:RR", "TAG: RR").encode(),
    )
    seen = []
    for content in files:
        imported = checked(content)
        assert problems(imported) == []
        seen.append(list(imported.rows.values_list("team__tag", "placement", "tournament_name", "effect")))

    assert seen == [[("DW", 1, "ঢাকা ওপেন", "new"), ("RR", 2, "ঢাকা ওপেন", "new")]] * len(files)


def test_the_same_file_again_has_nothing_to_do(wolves, ravens, boss):
    recorded(TWO, boss)
    before = (results(), coins(), DeltaCrownTransaction.objects.count())

    again = checked(TWO, boss)
    assert effects(again) == ["same", "same"]
    assert confirm_import(actor=boss, import_id=again.pk).state == "done"

    assert (results(), coins(), DeltaCrownTransaction.objects.count()) == before


def test_a_preview_says_what_each_line_would_do_and_records_nothing(wolves, ravens, boss):
    recorded(TWO, boss)
    imported = checked(table(row("dw", 3), row("rr", 2), row("dw", 1, tournament=102)), boss)

    lines = list(imported.rows.values_list("effect", "changes", "coins"))
    assert lines == [
        ("correction", {"placement": [1, 3]}, 2 * (100 - 500)),
        ("same", {}, 0),
        ("new", {}, 2 * 520),
    ]
    assert results() == [(101, "dhaka-wolves", 1, "completed"), (101, "rangpur-ravens", 2, "completed")]
    discard_import(actor=boss, import_id=imported.pk)
    imported.refresh_from_db()
    assert (imported.state, imported.content, imported.rows.count()) == ("discarded", None, 0)


def test_a_corrected_file_swaps_winner_and_runner_up_with_their_coins(wolves, ravens, boss):
    recorded(TWO, boss)

    corrected = recorded(table(row("dw", 2), row("rr", 1)), boss)

    assert results() == [(101, "dhaka-wolves", 2, "completed"), (101, "rangpur-ravens", 1, "completed")]
    assert coins() == {"rafi": 270, "mim": 270, "ovi": 520, "ritu": 520}
    assert (corrected.recorded, corrected.coins, prove().count) == (2, 0, 0)
    undone = DeltaCrownTransaction.objects.filter(reason="correction")
    assert sorted(undone.values_list("amount", flat=True)) == [-500, -500, -250, -250]
    # And back: the same place is paid again, once.
    recorded(TWO, boss)
    assert coins() == {"rafi": 520, "mim": 520, "ovi": 270, "ritu": 270}


def test_a_team_that_is_disqualified_later_gives_its_coins_back(wolves, ravens, boss):
    recorded(TWO, boss)
    recorded(table(row("dw", "", status="disqualified")), boss)

    assert coins() == {"rafi": 0, "mim": 0, "ovi": 270, "ritu": 270}


def test_coins_that_were_spent_stay_spent_and_the_trail_says_so(wolves, boss):
    first = record(wolves, boss, placement=1)
    debit(profile=wolves.captain, amount=100, reason="purchase", actor=wolves.captain.user)

    record(wolves, boss, placement=None, reason="Wrong bracket")

    assert coins() == {"rafi": 420, "mim": 20}
    trail = AuditEvent.objects.filter(action="team.result_recorded", target_id=wolves.pk).latest("pk")
    assert trail.new == {
        "result": first.pk,
        "placement": None,
        "reason": "Wrong bracket",
        "coins": -500,
        "coins_spent": 500,
    }
    assert prove().count == 0


def record(team, actor, **facts):
    facts = {"tournament_id": 7, "tournament_name": "Hilsa Cup", "played_on": date(2026, 6, 1), **facts}
    return record_result(actor=actor, team_id=team.pk, **facts)


def test_a_single_result_pays_at_once_and_the_same_one_again_does_not(wolves, boss):
    record(wolves, boss, placement=3)
    record(wolves, boss, placement=3)

    assert coins() == {"rafi": 120, "mim": 120}
    entry = DeltaCrownTransaction.objects.filter(reason="top4").first()
    result = TeamTournamentRegistration.objects.get()
    assert (entry.tournament_id, entry.registration_id, entry.cause) == (7, result.pk, f"result:{result.pk}")
    assert entry.idempotency_key == f"result:7:{wolves.pk}:{entry.wallet.profile_id}:top4"


def test_a_policy_that_changed_or_was_switched_off_takes_nothing_back(wolves, boss):
    record(wolves, boss, placement=1)
    CoinPolicy.objects.filter(rule="winner").update(amount=900)
    CoinPolicy.objects.filter(rule="participation").update(is_active=False)

    record(wolves, boss, placement=1, prize=5000)

    assert coins() == {"rafi": 520, "mim": 520}


def test_caps_count_by_the_day_of_the_tournament_and_not_of_the_payment(wolves, boss):
    CoinPolicy.objects.filter(rule="participation").update(cap=2, window="week")
    days = ["2026-06-01", "2026-06-04", "2026-06-07", "2026-06-08", "2026-07-01"]
    recorded(table(*[row("dw", "", tournament=200 + n, day=day) for n, day in enumerate(days)]), boss)

    paid = DeltaCrownTransaction.objects.filter(wallet__profile=wolves.captain).values_list("tournament_id", flat=True)
    # Within any seven days two: the third would be one of three from 1 to 7 June, the fourth is not.
    assert sorted(paid) == [200, 201, 203, 204]
    again = checked(table(row("dw", "", tournament=202, day="2026-06-07", prize=10)), boss)
    assert effects(again) == ["correction"]


def test_only_open_and_confirmed_accounts_are_paid(wolves, boss):
    add_member(wolves, make_user("unsure", verified=False), joined_at=LONG_AGO)
    closed = make_user("closed")
    add_member(wolves, closed, joined_at=LONG_AGO)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)

    recorded(table(row("dw", 1)), boss)

    assert coins() == {"rafi": 520, "mim": 520}


def test_a_named_roster_is_paid_instead_of_who_was_there(wolves, boss):
    former = make_user("former")
    add_member(wolves, former, joined_at=LONG_AGO, status="inactive")

    recorded(table(row("dw", 1, roster="mim former")), boss)

    assert coins() == {"mim": 520, "former": 520}
    assert [player["name"] for player in TeamTournamentRegistration.objects.get().roster] == ["mim", "former"]


def test_a_day_before_the_team_had_players_is_recorded_with_a_warning(wolves, boss):
    imported = checked(table(row("dw", 1, day="2025-06-01")), boss)
    assert imported.rows.get().warning.startswith("Nobody is known to have been in the team on that day")

    confirm_import(actor=boss, import_id=imported.pk)
    services.record_import(imported.pk)
    services.pay_import(imported.pk)
    assert (TeamTournamentRegistration.objects.get().roster, coins()) == ([], {})


def test_what_the_file_leaves_open_stays_as_it_is(wolves, boss):
    recorded(table(row("dw", 1, participants=16, prize=900)), boss)

    again = checked(b"tournament_id,tournament,date,team,placement\n101,Dhaka Open,2026-06-01,dw,1\n", boss)

    assert effects(again) == ["same"]


@pytest.mark.parametrize("meanwhile", ["recorded", "corrected", "winner", "disbanded"])
def test_what_changed_after_the_check_stops_the_whole_file(wolves, ravens, boss, meanwhile):
    if meanwhile == "corrected":
        record(ravens, boss, tournament_id=101, tournament_name="Dhaka Open", placement=4)
    imported = checked(TWO, boss)
    confirm_import(actor=boss, import_id=imported.pk)
    match meanwhile:
        case "recorded":
            record(ravens, boss, tournament_id=101, placement=2)
        case "corrected":
            record(ravens, boss, tournament_id=101, tournament_name="Dhaka Open", placement=3)
        case "winner":
            record(make_team("Late"), boss, tournament_id=101, placement=1)
        case "disbanded":
            Team.objects.filter(pk=ravens.pk).update(is_active=False)
    before = (results(), coins())

    assert services.record_import(imported.pk) == "refused"

    imported.refresh_from_db()
    assert imported.problem["reason"].endswith("Send the file again to have it checked anew.")
    assert (results(), coins()) == before
    assert not AuditEvent.objects.filter(action="team.results_imported").exists()


def test_nobody_but_staff_who_keep_results_sends_confirms_or_discards(wolves, boss, rafi):
    imported = checked(TWO[:0] + table(row("dw", 1)), boss)
    for act in (
        lambda: start_import(actor=rafi, file_name="x.csv", stream=BytesIO(TWO)),
        lambda: confirm_import(actor=rafi, import_id=imported.pk),
        lambda: discard_import(actor=rafi, import_id=imported.pk),
    ):
        with pytest.raises(PermissionRefused):
            act()
    imported.refresh_from_db()
    assert (imported.state, ResultImport.objects.count(), results()) == ("checked", 1, [])


def test_who_lost_the_right_before_the_job_came_records_nothing(wolves, boss):
    imported = checked(table(row("dw", 1)), boss)
    confirm_import(actor=boss, import_id=imported.pk)
    type(boss).objects.filter(pk=boss.pk).update(is_superuser=False)

    assert services.record_import(imported.pk) == "refused"
    assert results() == []


@pytest.mark.parametrize("act", [confirm_import, discard_import])
def test_what_is_recorded_is_neither_confirmed_nor_discarded_again(wolves, boss, act):
    imported = recorded(table(row("dw", 1)), boss)
    with pytest.raises(Conflict, match="recorded"):
        act(actor=boss, import_id=imported.pk)


def told():
    return list(
        Notification.objects.order_by("recipient__username", "pk").values_list("recipient__username", "title", "body")
    )


def test_players_hear_of_a_file_once_for_each_team_with_their_coins(wolves, ravens, boss):
    imported = recorded(table(row("dw", 1), row("rr", 2), row("dw", 2, tournament=102, name="Hilsa Cup")), boss)

    assert tell_import(imported.pk) == 4
    assert tell_import(imported.pk) == 0

    assert told() == [
        ("mim", "2 results of Dhaka Wolves are recorded", "790\xa0DC for you in all."),
        ("ovi", "Rangpur Ravens finished 2nd in Dhaka Open", "270\xa0DC for you."),
        ("rafi", "2 results of Dhaka Wolves are recorded", "790\xa0DC for you in all."),
        ("ritu", "Rangpur Ravens finished 2nd in Dhaka Open", "270\xa0DC for you."),
    ]


def test_a_correction_is_told_with_what_is_left(wolves, boss, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record(wolves, boss, placement=1)
    with django_capture_on_commit_callbacks(execute=True):
        record(wolves, boss, placement=2, reason="Swapped")

    assert [row[1:] for row in told() if row[0] == "rafi"] == [
        ("Dhaka Wolves finished 1st in Hilsa Cup", "520\xa0DC for you."),
        ("Corrected: Dhaka Wolves finished 2nd in Hilsa Cup", "You have 270\xa0DC for it now."),
    ]


def test_each_result_is_published_once_its_coins_are_settled(wolves, ravens, boss, published):
    recorded(TWO, boss)

    events = [event for event in published() if isinstance(event, ResultRecorded)]
    assert [(event.team_id, event.played_on) for event in events] == [
        (wolves.pk, date(2026, 6, 1)),
        (ravens.pk, date(2026, 6, 1)),
    ]


def test_a_payment_leads_to_the_team_for_who_may_see_it(client, wolves, rafi, mim, boss):
    result = record(wolves, boss, placement=1)
    client.force_login(rafi)
    entry = DeltaCrownTransaction.objects.get(wallet__profile=rafi.profile, reason="winner")

    assert "Dhaka Wolves in Hilsa Cup, 1st" in client.get(entry.get_absolute_url()).content.decode()
    Team.objects.filter(pk=wolves.pk).update(is_public=False)
    assert cause_of_payment("result", str(result.pk), make_user()) is None


def test_a_person_who_leaves_takes_their_name_out_of_every_roster(wolves, boss, mim):
    record(wolves, boss, placement=1)
    checked(table(row("dw", 2, tournament=102)), boss)
    assert [result["tournament_name"] for result in personal_data(mim)["team_results"]] == ["Hilsa Cup"]

    forget_player(mim)

    rosters = [*TeamTournamentRegistration.objects.values_list("roster", flat=True)]
    rosters += ResultImportLine.objects.values_list("roster", flat=True)
    assert [[player["name"] for player in roster] for roster in rosters] == [["rafi", "Deleted player"]] * 2


def test_unconfirmed_files_go_after_a_week_and_lines_after_a_quarter(wolves, boss):
    old, young, done = checked(TWO, boss), checked(TWO, boss), recorded(table(row("dw", 1)), boss)
    ResultImport.objects.filter(pk=old.pk).update(created_at=LONG_AGO)
    ResultImport.objects.filter(pk=done.pk).update(created_at=LONG_AGO, finished_at=LONG_AGO)

    assert (services.prune_imports(), services.prune_imports()) == (2, 0)

    assert set(ResultImport.objects.values_list("pk", flat=True)) == {young.pk, done.pk}
    assert (done.rows.count(), young.rows.count(), TeamTournamentRegistration.objects.get().source) == (0, 2, done)


def test_the_number_of_statements_does_not_grow_with_the_rows(wolves, ravens, boss, django_assert_max_num_queries):
    def cost(tournaments):
        rows = [
            row(*pair, tournament=number, day=f"2026-06-0{number % 6 + 1}")
            for number in tournaments
            for pair in (("dw", 1), ("rr", 2))
        ]
        # Sending takes 6, checking 24, confirming 9, recording 18, paying 25, savepoints counted: each step looks up
        # teams, rosters, results, people, wallets and payments once for all rows.
        with django_assert_max_num_queries(90) as captured:
            recorded(table(*rows), boss)
        return len(captured)

    recorded(table(row("dw", 4), row("rr", 3)), boss)  # wallets are there, and payments near those days
    assert cost(range(300, 302)) == cost(range(400, 440))
