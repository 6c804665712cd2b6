"""Reading tables that people made. What is refused: tests/teams/test_result_files_refused.py."""

import tracemalloc
from io import BytesIO

import pytest

from apps.common.csv_files import Column, FileRefused, Problem, plain, read

COLUMNS = (
    Column("name", "Rafi"),
    Column("amount", "5", may_be_empty=True),
    Column("note", "Well played", required=False, max_length=20),
)


def rows(text, **limits):
    limits = {"row_limit": 1_000_000, "byte_limit": 1 << 30, **limits}
    stream = text if isinstance(text, BytesIO) else BytesIO(text.encode())
    return list(read(stream, columns=COLUMNS, **limits))


def test_columns_may_come_in_any_order_and_case_and_optional_ones_may_be_missing():
    [row] = rows(" Amount ,NAME\n 5 , Rafi \n")
    assert (row.line, row.cells, row.problems) == (2, {"name": "Rafi", "amount": "5", "note": ""}, [])


def test_lines_are_counted_as_an_editor_counts_them():
    found = rows('name,amount\n\n"Ra""fi",1\n,\n"two\nlines",2\nMim,3\n')
    assert [(row.line, row.cells["name"]) for row in found] == [(3, 'Ra"fi'), (5, "two\nlines"), (7, "Mim")]
    assert [len(row.problems) for row in found] == [0, 1, 0]


def test_what_is_wrong_with_a_row_leaves_the_others_alone():
    found = rows("name,amount,note\n,1,x\nMim,2," + "y" * 21 + "\nOvi,3,z\n")
    assert [[str(problem) for problem in row.problems] for row in found] == [
        ["Line 2, name: This cell is empty. Example: Rafi"],
        [f"Line 3, note: “{'y' * 21}” has 21 characters; 20 are the limit. Example: Well played"],
        [],
    ]


def test_a_column_that_must_be_there_may_have_empty_cells():
    assert rows("name,amount\nRafi,\n")[0].problems == []
    with pytest.raises(FileRefused) as refused:
        rows("name\nRafi\n")
    assert refused.value.problem == Problem(1, "amount", "This column is missing.", "name,amount,note")


def test_an_unread_file_is_not_refused_for_what_comes_later():
    reading = read(BytesIO(b"name,amount\nRafi,1\nMim,\xff\n"), columns=COLUMNS, row_limit=9, byte_limit=99)
    assert next(reading).cells["name"] == "Rafi"
    with pytest.raises(FileRefused, match="Line 3, amount: There is a byte that is no UTF-8"):
        next(reading)


def test_memory_does_not_grow_with_the_file():
    content = b"name,amount,note\n" + b"Rafi,5,Well played\n" * 10_000
    stream = BytesIO(content)
    tracemalloc.start()
    count = sum(1 for _ in read(stream, columns=COLUMNS, row_limit=10_000, byte_limit=1 << 30))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (count, most < len(content) / 2) == (10_000, True)


@pytest.mark.parametrize(("text", "safe"), [("=1+1", "'=1+1"), ("@SUM", "'@SUM"), ("-5", "'-5"), ("Rafi", "Rafi")])
def test_what_a_spreadsheet_would_compute_is_written_as_text(text, safe):
    assert plain(text) == safe
