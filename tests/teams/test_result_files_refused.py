"""Fifty kinds of bad file, each refused with line, column and reason; nothing of any of them is recorded."""

import gzip
import zipfile
from io import BytesIO

import pytest

from apps.core.errors import Conflict, DomainError
from apps.economy.models import DeltaCrownTransaction
from apps.notifications.models import Notification
from apps.teams.models import RosterChange, Team, TeamTournamentRegistration
from apps.teams.services.result_imports import confirm_import, start_import
from apps.teams.services.result_imports.columns import BYTE_LIMIT, ROW_LIMIT
from tests.teams.importing import HEADER, checked, problems, row, table
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db

COLUMNS = "tournament_id,tournament,date,team,game,placement,participants,prize,status,roster"
SAVE = "Save it as “CSV UTF-8” and send that."
GOOD = row("dhaka-wolves", 1)


@pytest.fixture(autouse=True)
def scene(wolves, mim):
    """Wolves with Rafi and Mim; Ravens; two teams that one word can mean; one that disbanded; a stranger."""
    add_member(wolves, mim)
    add_member(make_team("Rangpur Ravens", tag="RR", slug="rangpur-ravens"), make_user("ovi"))
    make_team("Storm", tag="STO", slug="storm", game="cs2")
    make_team("Sylhet Storm", tag="STORM", slug="sylhet-storm", game="dota2")
    make_team("Old Guard", tag="OLD", slug="old-guard", is_active=False)
    make_user("stranger")


def zipped() -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("results.csv", HEADER)
    return archive.getvalue()


def no_number(cell: str) -> str:
    return f"“{cell}” is not a whole number in plain digits."


# Name of the kind, the file, and what is said of it: line, column, reason.
BAD = {
    # --- Files that are no table
    "empty": (b"", (0, "", "It is empty.")),
    "blank lines only": (b"\n\n \n", (0, "", "It is empty.")),
    "header only": (table(), (1, "", "There is only the line with the names of the columns.")),
    "picture": (
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        (0, "", f"It is a picture, not a CSV file. Open it in a spreadsheet program. {SAVE}"),
    ),
    "zip": (
        zipped(),
        (
            0,
            "",
            "It is a ZIP archive or an Excel workbook, not a CSV file. Open it in a spreadsheet program. " + SAVE,
        ),
    ),
    "gzip": (
        gzip.compress(table(GOOD)),
        (0, "", f"It is a compressed file, not a CSV file. Open it in a spreadsheet program. {SAVE}"),
    ),
    "pdf": (
        b"%PDF-1.7\n",
        (0, "", f"It is a PDF, not a CSV file. Open it in a spreadsheet program. {SAVE}"),
    ),
    "old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        (0, "", f"It is an old Excel workbook, not a CSV file. Open it in a spreadsheet program. {SAVE}"),
    ),
    "binary": (bytes(range(1, 32)) * 20, (0, "", f"It is not text. {SAVE}")),
    "UTF-16 without mark": (
        table(GOOD).decode().encode("utf-16-le"),
        (0, "", f"It is UTF-16 without its mark. {SAVE}"),
    ),
    "NUL byte": (table(row("dhaka\0wolves", 1)), (2, "team", f"There is a NUL byte. {SAVE}")),
    "invalid UTF-8": (
        table(row("dhaka-wolves", 1, name="X")).replace(b"X", b"Dhaka \xe9t\xe9"),
        (2, "tournament", f"There is a byte that is no UTF-8. {SAVE}"),
    ),
    "half a sign of UTF-16": (
        table(GOOD).decode().encode("utf-16") + b"\x00",
        (3, "tournament_id", f"There is a character that is no text. {SAVE}"),
    ),
    "mixed line ends": (
        table(GOOD) + row("rr", 2).encode() + b"\r\n",
        (3, "", f"This line ends in another way than the lines before it. {SAVE}"),
    ),
    "unclosed quote": (table(row('"dhaka-wolves', 1)), (2, "team", "A quote is opened here and never closed.")),
    "text after a quote": (
        table(row('"dhaka"-wolves', 1)),
        (
            2,
            "team",
            "After a closing quote comes more text. A quote inside a quoted cell is written twice.",
        ),
    ),
    "cell of a megabyte": (
        table(row("x" * 1_048_576, 1)),
        (2, "team", "The cell is too long: a row has at most 65,536 characters. Is a quote not closed?"),
    ),
    "quote that swallows the file": (
        table(row('"dhaka-wolves', 1), *[row("rr", 2)] * 2_000),
        (2, "team", "The cell is too long: a row has at most 65,536 characters. Is a quote not closed?"),
    ),
    # --- Headers
    "no header": (GOOD.encode() + b"\n", (1, "", "The first line must name the columns.")),
    "wrong header": (b"rank;name\n1;DW\n", (1, "", "The first line must name the columns.")),
    "missing column": (
        table(header=HEADER.replace(",date", "")),
        (1, "date", "This column is missing."),
    ),
    "unknown column": (table(header=f"{HEADER},points"), (1, "points", "There is no column “points”.")),
    "column twice": (table(header=f"{HEADER},team"), (1, "team", "This column is there twice.")),
    "column without a name": (
        table(header=HEADER.replace("game", "")),
        (1, "", "Column 5 has no name."),
    ),
    # --- Rows
    "too few cells": (
        table("101,Dhaka Open,2026-06-01"),
        (2, "team", "There are 3 cells, and the first line names 10 columns."),
    ),
    "too many cells": (table(f"{GOOD},x"), (2, "roster", "There are 11 cells, and the first line names 10 columns.")),
    "long cell": (
        table(row("dhaka-wolves", 1, name="x" * 121)),
        (2, "tournament", f"“{'x' * 40}…” has 121 characters; 120 are the limit."),
    ),
    "line break in a cell": (
        table(row("dhaka-wolves", 1, name='"Dhaka\nOpen"')),
        (2, "tournament", "There is a line break in the cell."),
    ),
    "invisible character": (
        table(row("dhaka\u200bwolves", 1)),
        (2, "team", "There is an invisible character in the cell."),
    ),
    "formula": (
        table(row("dhaka-wolves", 1, name='=HYPERLINK("x")'.replace('"', ""))),
        (2, "tournament", "“=HYPERLINK(x)” is a formula. Put its value there."),
    ),
    "broken formula": (
        table(row("dhaka-wolves", "#REF!")),
        (2, "placement", "“#REF!” is a spreadsheet's word for no value."),
    ),
    "empty cell": (table(row("", 1)), (2, "team", "This cell is empty.")),
    "same line twice": (
        table(GOOD, GOOD),
        (3, "team", "Dhaka Wolves is on line 2 for this tournament already."),
        (3, "placement", "Place 1 belongs to line 2."),
    ),
    # --- Teams
    "unknown team": (table(row("nobody", 1)), (2, "team", "There is no team “nobody”.")),
    "two teams match": (
        table(row("storm", 1)),
        (2, "team", "“storm” can mean Storm [STO] and Sylhet Storm [STORM]. Say slug:storm, for one."),
    ),
    "disbanded team": (table(row("old-guard", 1)), (2, "team", "Old Guard has disbanded.")),
    "other game": (table(row("dw", 1, game="cs2")), (2, "game", "Dhaka Wolves plays Valorant.")),
    "unknown game": (table(row("dw", 1, game="chess")), (2, "game", "There is no game “chess”.")),
    # --- Numbers
    "tournament 0": (
        table(row("dw", 1, tournament=0)),
        (2, "tournament_id", "“0” is not between 1 and 2,147,483,647."),
    ),
    "tournament too large": (
        table(row("dw", 1, tournament="9" * 30)),
        (2, "tournament_id", f"“{'9' * 30}” is not between 1 and 2,147,483,647."),
    ),
    "placement 0": (table(row("dw", 0)), (2, "placement", "“0” is not between 1 and 10,000.")),
    "placement -1": (table(row("dw", -1)), (2, "placement", no_number("-1"))),
    "placement in words": (table(row("dw", "1st")), (2, "placement", no_number("1st"))),
    "placement in Bangla": (table(row("dw", "১")), (2, "placement", no_number("১"))),
    "placement beyond the teams": (
        table(row("dw", 17, participants=16)),
        (2, "placement", "Place 17 of 16 teams is not possible."),
    ),
    "place of who withdrew": (
        table(row("dw", 3, status="withdrawn")),
        (2, "placement", "A team that was withdrawn has no place."),
    ),
    "huge prize": (table(row("dw", 1, prize=10**12)), (2, "prize", f"“{10**12}” is not between 0 and 100,000,000.")),
    "prize NaN": (table(row("dw", 1, prize="NaN")), (2, "prize", no_number("NaN"))),
    "prize with a comma": (table(row("dw", 1, prize='"5,000"')), (2, "prize", no_number("5,000"))),
    "unknown status": (
        table(row("dw", "", status="lost")),
        (2, "status", "“lost” is none of played, withdrawn, disqualified."),
    ),
    # --- Dates
    "day to come": (table(row("dw", 1, day="2099-01-01")), (2, "date", "“2099-01-01” is still to come.")),
    "31 February": (table(row("dw", 1, day="2026-02-31")), (2, "date", "“2026-02-31” is not in the calendar.")),
    "day first": (table(row("dw", 1, day="14/11/2026")), (2, "date", "“14/11/2026” is not written as year-month-day.")),
    "long ago": (table(row("dw", 1, day="1999-12-31")), (2, "date", "“1999-12-31” is before 2000.")),
    # --- Players
    "unknown player": (table(row("dw", 1, roster="rafi ghost")), (2, "roster", "There is no player “ghost”.")),
    "stranger": (table(row("dw", 1, roster="rafi stranger")), (2, "roster", "stranger was never in Dhaka Wolves.")),
    "player twice": (table(row("dw", 1, roster="rafi RAFI")), (2, "roster", "“rafi” is there twice.")),
    "thirteen players": (
        table(row("dw", 1, roster=" ".join(f"p{number}" for number in range(13)))),
        (2, "roster", "There are 13 players; 12 are the limit."),
    ),
    # --- Lines against each other
    "two winners": (table(GOOD, row("rr", 1)), (3, "placement", "Place 1 belongs to line 2.")),
    "two names of a tournament": (
        table(GOOD, row("rr", 2, name="Dhaka Cup")),
        (3, "tournament", "Line 2 calls the tournament Dhaka Open."),
    ),
    "two sizes of a tournament": (
        table(row("dw", 1, participants=16), row("rr", 2, participants=8)),
        (3, "participants", "Line 2 says that there were 16 teams."),
    ),
    "more teams than there were": (
        table(row("dw", 1, participants=2), row("rr"), row("sto")),
        (4, "participants", "There were 2 teams, and this makes 3 of them."),
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_with_its_reason_and_changes_nothing(kind):
    content, *expected = BAD[kind]

    imported = checked(content)

    assert (imported.state, problems(imported)) == ("refused", expected)
    with pytest.raises(Conflict, match="has problems"):
        confirm_import(actor=None, import_id=imported.pk)
    assert not TeamTournamentRegistration.objects.exists()
    assert not DeltaCrownTransaction.objects.exists()
    assert not Notification.objects.exists()


def test_there_are_more_than_forty_kinds():
    assert len(BAD) > 40


def test_every_problem_of_a_line_is_told_at_once_with_an_example():
    imported = checked(table(row("nobody", "first", day="soon", prize="much")))

    [line] = imported.rows.all()
    assert [(problem["column"], problem["example"]) for problem in line.problems] == [
        ("date", "2026-11-14"),
        ("placement", "2"),
        ("prize", "5000"),
        ("team", "dhaka-wolves"),
    ]


def test_a_file_of_a_hundred_megabytes_is_not_even_kept():
    class Endless:
        def read(self, size):
            return b"x" * size

    with pytest.raises(DomainError, match="larger than 8 MB"):
        start_import(actor=None, file_name="results.csv", stream=Endless())
    assert BYTE_LIMIT == 8 * 1024 * 1024


def test_more_rows_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr("apps.teams.services.result_imports.steps.ROW_LIMIT", 2)
    imported = checked(table(GOOD, row("rr", 2), row("sto", 3)))

    assert problems(imported) == [(4, "", "There are more than 2 rows. Split the file.")]
    assert ROW_LIMIT == 20_000


def test_a_first_place_that_is_recorded_for_another_team_is_taken(wolves):
    TeamTournamentRegistration.objects.create(
        team=wolves, tournament_id=101, tournament_name="Dhaka Open", status="completed", placement=1,
        played_on="2026-06-01",
    )  # fmt: skip
    assert problems(checked(table(row("rr", 1)))) == [(2, "placement", "Place 1 belongs to Dhaka Wolves, as recorded.")]


def test_a_player_of_two_teams_in_one_tournament_is_refused(wolves, rafi):
    ravens = Team.objects.get(slug="rangpur-ravens")
    member = ravens.memberships.first()
    RosterChange.objects.create(
        team=ravens, profile=rafi.profile, membership=member, kind="joined", role="player", status="active"
    )
    imported = checked(table(row("dw", 1, roster="rafi"), row("rr", 2, roster="rafi ovi")))

    assert problems(imported) == [
        (3, "roster", "rafi played this tournament for Dhaka Wolves. Name the players of both teams.")
    ]
