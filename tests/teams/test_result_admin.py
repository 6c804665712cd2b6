"""Staff record, correct and import results: who may, what they see, with and without JavaScript."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEvent, Job
from apps.notifications.models import Notification
from apps.teams.models import ResultImport, TeamTournamentRegistration
from apps.teams.services.results import record_result
from deltacrown.local.people import WCAG
from tests.teams.importing import checked, recorded, results, row, table
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db
WHO = ("visitor", "user", "other staff", "keeper", "superuser")


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.ADMIN_REQUIRE_MFA = False


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


@pytest.fixture
def people(boss):
    keeper = make_user("keeper", is_staff=True)
    keeper.user_permissions.add(Permission.objects.get(codename="change_teamtournamentregistration"))
    return {
        "visitor": None,
        "user": make_user("somebody"),
        "other staff": make_user("moderator", is_staff=True),
        "keeper": keeper,
        "superuser": boss,
    }


@pytest.fixture
def desk(client, boss):
    client.force_login(boss)
    return client


GOOD = table(row("dhaka-wolves", 1))
BAD = table(row("nobody", 1), row("dhaka-wolves", "first"))


def upload(content=GOOD, name="results.csv"):
    return {"file": SimpleUploadedFile(name, content, content_type="text/csv")}


def address(name, *args):
    return reverse(f"admin:teams_{name}", args=args)


MATRIX = {
    ("get", "resultimport_changelist"): "302 403 403 200 200",
    ("get", "resultimport_send"): "302 403 403 200 200",
    ("post", "resultimport_send"): "302 403 403 302 302",
    ("get", "resultimport_example"): "302 403 403 200 200",
    ("get", "resultimport_change"): "302 403 403 200 200",
    ("get", "resultimport_progress"): "302 403 403 200 200",
    ("get", "resultimport_problems"): "302 403 403 200 200",
    ("get", "resultimport_confirm"): "302 403 405 405 405",
    ("post", "resultimport_discard"): "302 403 403 302 302",
    ("post", "resultimport_confirm"): "302 403 403 302 302",
    ("get", "resultimport_add"): "302 403 403 403 403",
    ("get", "resultimport_delete"): "302 403 403 403 403",
    ("get", "teamtournamentregistration_changelist"): "302 403 403 200 200",
    ("get", "teamtournamentregistration_add"): "302 403 403 200 200",
    ("get", "teamtournamentregistration_change"): "302 403 403 200 200",
    ("post", "teamtournamentregistration_change"): "302 403 403 302 302",
    ("get", "teamtournamentregistration_delete"): "302 403 403 403 403",
}


def everything():
    models = (ResultImport, TeamTournamentRegistration, AuditEvent, Job, Notification)
    return {model: sorted(map(str, model.objects.values_list("pk", flat=True))) for model in models} | {
        "states": sorted(ResultImport.objects.values_list("pk", "state"))
    }


@pytest.mark.parametrize(("method", "name"), MATRIX, ids=lambda part: part)
def test_who_may_what_and_a_refusal_changes_nothing(method, name, people, wolves):
    result = record_result(
        actor=people["superuser"],
        team_id=wolves.pk,
        tournament_id=9,
        tournament_name="Cup",
        placement=1,
        played_on=date(2026, 5, 1),
    )
    got, imported = [], checked(GOOD)
    for who, person in people.items():
        client = Client()
        if person:
            client.force_login(person)
        imported = imported if imported.state == "checked" and method == "get" else checked(GOOD)
        one = {"resultimport": imported.pk, "teamtournamentregistration": result.pk}[name.split("_", maxsplit=1)[0]]
        args = [] if name.split("_")[1] in {"changelist", "send", "example", "add"} else [one]
        data = upload() if name.endswith("send") else correction(placement=len(who), reason="Typing error")
        before = everything()
        response = getattr(client, method)(address(name, *args), data if method == "post" else {})
        got.append(str(response.status_code))
        allowed = MATRIX[method, name].split()[WHO.index(who)] == "302" and who in {"keeper", "superuser"}
        assert (everything() != before) == (method == "post" and allowed), who

    assert " ".join(got) == MATRIX[method, name]


def correction(**changes):
    return {
        "tournament_name": "Cup",
        "status": "completed",
        "placement": 1,
        "participants": "",
        "prize": 0,
        "played_on": "2026-05-01",
        "reason": "",
        **changes,
    }


def page(response):
    return " ".join(response.content.decode().split())


def test_a_file_is_sent_looked_at_and_recorded(desk, wolves, django_capture_on_commit_callbacks):
    assert "Download an example" in page(desk.get(address("resultimport_send")))
    with django_capture_on_commit_callbacks(execute=True):
        sent = desk.post(address("resultimport_send"), upload())
    imported = ResultImport.objects.get()
    assert sent["Location"] == imported.get_absolute_url()

    preview = page(desk.get(sent["Location"]))
    assert "Checked, not recorded" in preview
    assert "Dhaka Open, Dhaka Wolves [DW]: place 1" in preview
    assert "1 new, 0 corrected, 0 recorded already, 0 wrong." in preview
    assert "Record 1 result<" in preview
    assert results() == []

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address("resultimport_confirm", imported.pk))
    assert results() == [(101, "dhaka-wolves", 1, "completed")]
    after = page(desk.get(sent["Location"]))
    assert "Recorded" in after
    assert "Record 1" not in after
    assert "Discard" not in after


def test_every_problem_stands_in_the_preview_and_in_a_file_to_take_along(desk, wolves):
    imported = checked(BAD)

    preview = page(desk.get(imported.get_absolute_url()))

    assert "<strong>team</strong>: There is no team “nobody”. Example: <code>dhaka-wolves</code>" in preview
    assert "<strong>placement</strong>: “first” is not a whole number in plain digits." in preview
    assert "Record" not in preview.replace("Recorded", "")
    taken = desk.get(address("resultimport_problems", imported.pk)).content.decode()
    assert taken.splitlines()[1] == "2,team,There is no team “nobody”.,dhaka-wolves"


def test_a_file_that_can_not_be_read_says_where(desk):
    imported = checked(b"\x89PNG\r\n")
    assert "It is a picture, not a CSV file." in page(desk.get(imported.get_absolute_url()))


@pytest.mark.parametrize("state", ["checking", "recording", "paying"])
def test_the_page_of_a_running_file_has_a_bar_and_looks_again_with_and_without_script(desk, state):
    imported = checked(GOOD.replace(b"dhaka-wolves", b"nobody"))
    ResultImport.objects.update(state=state, done=300, lines=1200, recorded=1200)

    shown = page(desk.get(imported.get_absolute_url()))
    part = desk.get(address("resultimport_progress", imported.pk))

    assert '<noscript><p><a class="underline" href="">See how far it is</a></p></noscript>' in shown
    assert f'hx-get="{address("resultimport_progress", imported.pk)}" hx-trigger="every 1s"' in shown
    assert ('value="25"' in page(part)) == (state != "recording")
    assert "HX-Refresh" not in part.headers
    ResultImport.objects.update(state="done")
    assert desk.get(address("resultimport_progress", imported.pk))["HX-Refresh"] == "true"


def test_lines_are_filtered_and_paged_in_a_constant_number_of_queries(desk, wolves, django_assert_max_num_queries):
    rows = [row("dhaka-wolves", 4, tournament=number) for number in range(500, 640)]
    imported = checked(table(*rows, row("nobody", 1)))
    url = imported.get_absolute_url()
    desk.get(url)
    # Session, user, second factor, import, lines with their teams, counts of the lines, and the frame's own.
    with django_assert_max_num_queries(12):
        first = desk.get(url)
    assert len(first.context["page"].lines) == 100
    assert len(desk.get(url, {"after": first.context["page"].next_line}).context["page"].lines) == 41
    assert [line.number for line in desk.get(url, {"show": "wrong"}).context["page"].lines] == [142]
    for odd in ({"show": "<b>"}, {"after": "9" * 40}, {"after": "x"}, {"after": "²"}):
        assert desk.get(url, odd).status_code == 200


def test_what_does_not_exist_is_not_found(desk):
    for name in ("change", "progress", "problems"):
        assert desk.get(address(f"resultimport_{name}", 999)).status_code == 404
    assert desk.get("/admin/teams/resultimport/x/change/").status_code == 404


def test_a_form_without_a_file_or_with_too_large_a_one_says_so(desk, monkeypatch):
    assert "This field is required." in page(desk.post(address("resultimport_send"), {}))
    monkeypatch.setattr("apps.teams.services.result_imports.starting.BYTE_LIMIT", 10)
    assert "larger than" in page(desk.post(address("resultimport_send"), upload()))
    assert not ResultImport.objects.exists()


def test_the_example_can_be_read_and_begun_with(desk):
    example = desk.get(address("resultimport_example")).content
    imported = checked(example)
    assert imported.problem == {}
    assert {problem["column"] for line in imported.rows.all() for problem in line.problems} <= {
        "team",
        "roster",
        "date",
    }


def test_a_correction_needs_a_reason_and_settles_the_coins(desk, wolves, boss):
    result = TeamTournamentRegistration.objects.get(pk=recorded(GOOD, boss).results.get().pk)
    url = address("teamtournamentregistration_change", result.pk)
    facts = {"tournament_name": "Dhaka Open", "played_on": "2026-06-01"}

    assert "Say why it is corrected." in page(desk.post(url, correction(placement=2, **facts)))
    assert "Place 3 of 2 is not possible." in page(
        desk.post(url, correction(placement=3, participants=2, reason="x", **facts))
    )
    result.refresh_from_db()
    assert result.placement == 1
    desk.post(url, correction(placement=2, reason="Bracket read wrongly", **facts))

    result.refresh_from_db()
    assert result.placement == 2
    trail = AuditEvent.objects.filter(action="team.result_recorded").latest("pk")
    assert (trail.old, trail.new["reason"]) == ({"placement": 1}, "Bracket read wrongly")


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "results.csv"
        path.write_bytes(content)
        return str(path)

    return write


def test_the_command_checks_and_leaves_nothing(file, wolves, capsys):
    call_command("import_results", file(GOOD))
    call_command("import_results", file(GOOD), "--dry-run")

    out = capsys.readouterr().out
    assert "Line 2: New. Dhaka Open, Dhaka Wolves [DW]: place 1" in out
    assert "1 new, 0 corrections, 0 recorded already, 0 wrong. Pays up to" in out
    assert "this was a dry run" in out
    assert (results(), set(ResultImport.objects.values_list("state", flat=True))) == ([], {"discarded"})


def test_the_command_records_once(file, wolves, boss, capsys):
    call_command("import_results", file(GOOD), "--commit", "--user", "boss")
    call_command("import_results", file(GOOD), "--commit")

    out = capsys.readouterr().out
    assert "1 results recorded, " in out
    assert out.endswith("Nothing to do: all of it is recorded already.\n")
    assert results() == [(101, "dhaka-wolves", 1, "completed")]
    assert ResultImport.objects.earliest("pk").confirmed_by == boss


def test_the_command_names_every_problem_and_fails(file, wolves, capsys):
    with pytest.raises(CommandError, match="Nothing was recorded"):
        call_command("import_results", file(BAD), "--commit")

    out = capsys.readouterr().out
    assert "Line 2, team: There is no team “nobody”. Example: dhaka-wolves" in out
    assert "Line 3, placement: “first” is not a whole number in plain digits. Example: 2" in out
    assert results() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/nowhere/results.csv"], "can't be read"),
        (["FILE", "--user", "ghost"], "There is no user ghost"),
        (["FILE", "--user", "rafi"], "Only staff who keep results"),
    ],
)
def test_the_command_refuses_what_it_can_not_do(file, wolves, arguments, words):
    path = file(GOOD)
    with pytest.raises(CommandError, match=words):
        call_command("import_results", *[path if word == "FILE" else word for word in arguments])
    assert not ResultImport.objects.exists()


# --- In a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_pages_are_accessible_and_fit_the_screen(person, viewport, boss, wolves):
    good = [row("dhaka-wolves", 1, tournament=number) for number in range(300, 304)]
    clean = checked(table(*good))
    faulty = checked(table(*good, row("nobody", "first", day="14/11/2026", name="W" * 90)))
    running = checked(table(*good))
    ResultImport.objects.filter(pk=running.pk).update(state="paying", done=30, recorded=120)
    Authenticator.objects.create(user=boss, type=Authenticator.Type.TOTP, data={})  # the site is a process of its own
    keeper = person(viewport)
    keeper.log_in(boss)
    send = address("resultimport_send")
    for path in (send, *(imported.get_absolute_url() for imported in (clean, faulty, running))):
        keeper.visit(path)
        # Of the page the part that is ours: the theme's own frame is not.
        found = Axe().run(keeper.page, context="#content", options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.response["violations"] == []
        width = keeper.page.evaluate("document.documentElement.scrollWidth")
        assert width <= keeper.page.viewport_size["width"], path
        assert "resultimport" in keeper.page.url
