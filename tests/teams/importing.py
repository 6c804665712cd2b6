"""Files of results for the tests, and taking them through their steps."""

from io import BytesIO

from apps.teams.models import ResultImport, TeamTournamentRegistration
from apps.teams.services.result_imports import check_import, confirm_import, pay_import, record_import, start_import

HEADER = "tournament_id,tournament,date,team,game,placement,participants,prize,status,roster"


def table(*rows: str, header: str = HEADER) -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


def row(team, placement="", *, tournament=101, name="Dhaka Open", day="2026-06-01", **cells) -> str:
    cells = {"game": "", "participants": "", "prize": "", "status": "", "roster": "", **cells}
    return ",".join(
        str(cell)
        for cell in (
            tournament,
            name,
            day,
            team,
            cells["game"],
            placement,
            cells["participants"],
            cells["prize"],
            cells["status"],
            cells["roster"],
        )
    )


def checked(content: bytes, actor=None) -> ResultImport:
    """Send a file and have it checked."""
    imported = start_import(actor=actor, file_name="results.csv", stream=BytesIO(content))
    check_import(imported.pk)
    imported.refresh_from_db()
    return imported


def recorded(content: bytes, actor=None) -> ResultImport:
    """Send a file and do all that follows."""
    imported = checked(content, actor)
    assert imported.state == "checked", problems(imported)
    confirm_import(actor=actor, import_id=imported.pk)
    record_import(imported.pk)
    pay_import(imported.pk)
    imported.refresh_from_db()
    return imported


def problems(imported: ResultImport) -> list[tuple[int, str, str]]:
    """Return line, column and reason of all that is wrong."""
    found = [imported.problem] if imported.problem else []
    found += [problem for line in imported.rows.order_by("number") for problem in line.problems]
    return [(problem["line"], problem["column"], problem["reason"]) for problem in found]


def effects(imported: ResultImport) -> list[str]:
    return list(imported.rows.order_by("number").values_list("effect", flat=True))


def results() -> list[tuple]:
    return list(
        TeamTournamentRegistration.objects.order_by("tournament_id", "team__slug").values_list(
            "tournament_id", "team__slug", "placement", "status"
        )
    )
