"""Files of results as staff see them: how far one is, what its lines would do, and what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from apps.core.errors import NotFound
from apps.teams.models import ResultImport, ResultImportLine

PAGE_SIZE = 100
Effect = ResultImportLine.Effect
SHOWN = {"": "All lines", **dict(Effect.choices)}


@dataclass(frozen=True)
class Summary:
    """How many lines do what, and what they pay together at the most."""

    new: int
    corrections: int
    same: int
    wrong: int
    coins: int
    taken_back: int

    @property
    def changes(self) -> int:
        return self.new + self.corrections

    def count(self, effect: str) -> int:
        counts = {"new": self.new, "correction": self.corrections, "same": self.same, "wrong": self.wrong}
        return counts.get(effect, sum(counts.values()))


@dataclass(frozen=True)
class Page:
    lines: list[ResultImportLine]
    next_line: int | None


def import_of(import_id: int) -> ResultImport:
    """Return the import without its file."""
    found = (
        ResultImport.objects.defer("content").select_related("uploaded_by", "confirmed_by").filter(pk=import_id).first()
    )
    if found is None:
        raise NotFound("There is no such import.")
    return found


def summary(imported: ResultImport) -> Summary:
    """Count the lines. One query."""
    counts = {
        "new": Count("pk", filter=Q(effect=Effect.NEW)),
        "corrections": Count("pk", filter=Q(effect=Effect.CORRECTION)),
        "same": Count("pk", filter=Q(effect=Effect.SAME)),
        "wrong": Count("pk", filter=Q(effect=Effect.WRONG)),
    }
    pays = Sum("coins", filter=Q(coins__gt=0), default=0)
    takes = Sum("coins", filter=Q(coins__lt=0), default=0)
    found = imported.rows.order_by().aggregate(**counts, pays=pays, takes=takes)
    return Summary(
        new=found["new"],
        corrections=found["corrections"],
        same=found["same"],
        wrong=found["wrong"],
        coins=found["pays"],
        taken_back=-found["takes"],
    )


def page(imported: ResultImport, *, effect: str = "", after: int = 0) -> Page:
    """Return the lines behind line ``after``, in order. One query."""
    rows = imported.rows.filter(number__gt=after).select_related("team").order_by("number")
    if effect in Effect.values:
        rows = rows.filter(effect=effect)
    lines = list(rows[: PAGE_SIZE + 1])
    return Page(lines[:PAGE_SIZE], lines[PAGE_SIZE - 1].number if len(lines) > PAGE_SIZE else None)


def all_lines(imported: ResultImport) -> Iterator[ResultImportLine]:
    """Return every line in order, a page at a time."""
    after: int | None = 0
    while after is not None:
        part = page(imported, after=after)
        yield from part.lines
        after = part.next_line


def progress(imported: ResultImport) -> tuple[int, int]:
    """Return how much of the present step is done, and of how much. Recording is one piece: nothing, then all."""
    total = imported.recorded if imported.state == ResultImport.State.PAYING else imported.lines
    return min(imported.done, total), max(total, 1)


def in_words(line: ResultImportLine) -> str:
    """Say what the line does."""
    what = f"{line.tournament_name}, {line.team}"
    if line.effect == Effect.NEW:
        place = f"place {line.placement}" if line.placement else line.status
        return f"{what}: {place}"
    if line.effect == Effect.CORRECTION:
        return f"{what}: " + ", ".join(
            "other players" if name == "roster" else f"{name.replace('_', ' ')} {old} → {new}"
            for name, (old, new) in line.changes.items()
        )
    return what
