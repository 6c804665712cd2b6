"""Statements as they come: with marks, commas, Bangla digits, preambles, and things that are no statements."""

import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.csv_files import FileRefused
from apps.ecommerce.statements import Entry, cells, read
from apps.ecommerce.statements.headers import column_of

BKASH = """Merchant statement,,,,
Period,01/11/2026 - 29/11/2026,,,

Date,Trx ID,From Account,Amount (BDT),Reference
29/11/2026 02:05 PM,9a7b3c1d2e,8801712-345678,"1,450.00",DC-7K3M-92
29/11/2026 02:06 PM,9A7B3C1D2F,01812345678,"৳ ১,২৫০.৫০",
Total,,,"2,700.50",
"""
NAGAD = """\ufeffTransaction Time;Txn ID;Sender;Credit;Debit
2026-11-29 14:05:33;75K2LMQ4;01712345678;500;
2026-11-29 15:00;75K2LMQ5;;;300
"""
BANK = """Value Date\tRef No\tParticulars\tDebit\tCredit
29-Nov-2026\tFT26334K8XQ2\tRAFI AHMED DC-7K3M-92\t\tBDT 3,200.00 CR
"""


def of(text, encoding="utf-8"):
    return read(io.BytesIO(text.encode(encoding) if isinstance(text, str) else text))


def told(found):
    return [str(problem) for problem in found.problems]


def test_a_bkash_statement_with_a_preamble_and_a_sum_below():
    found = of(BKASH)
    assert found.entries == [
        Entry(5, "9A7B3C1D2E", 145_000, "01712345678", "DC-7K3M-92", datetime(2026, 11, 29, 14, 5)),
        Entry(6, "9A7B3C1D2F", 125_050, "01812345678", "", datetime(2026, 11, 29, 14, 6)),
    ]
    assert (found.left_out, found.problems) == (1, [])


def test_a_nagad_statement_with_a_mark_and_semicolons_leaves_out_what_went_out():
    found = of(NAGAD)
    assert [(entry.trx_id, entry.amount_poisha, entry.at) for entry in found.entries] == [
        ("75K2LMQ4", 50_000, datetime(2026, 11, 29, 14, 5, 33))
    ]
    assert (found.left_out, found.problems) == (1, [])


def test_a_banks_statement_with_tabs():
    [entry] = of(BANK).entries
    assert entry == Entry(2, "FT26334K8XQ2", 320_000, "", "RAFI AHMED DC-7K3M-92", datetime(2026, 11, 29))
    assert of(BANK, "utf-16").entries == [entry]


def test_wrong_lines_are_told_with_their_numbers_and_the_others_read():
    found = of(
        "TrxID,Amount,From\n"
        "AAAA1111BB,500,01712345678\n"
        "9.1E+09,500,01712345678\n"
        "AAAA2222BB,five hundred,01712345678\n"
        "AAAA3333BB,0,01712345678\n"
        "AAAA4444BB,,01712345678\n"
        "aaaa1111bb,700,01712345678\n"
        "A!,10,01712345678\n"
        "AAAA5555BB,10.005,01712345678\n"
        "AAAA6666BB,99999999999999,01712345678\n"
    )
    assert [entry.trx_id for entry in found.entries] == ["AAAA1111BB"]
    assert told(found) == [
        "Line 3: “9.1E+09” was rounded by a spreadsheet program. Export the statement again.",
        "Line 4: “five hundred” is no amount. One looks like 1,250.50.",
        "Line 5: The amount is ৳0.",
        "Line 6: There is no amount.",
        "Line 7, TrxID: AAAA1111BB stands on line 2 already.",
        "Line 8: “A!” is no TrxID. One looks like 9A7B3C1D2E.",
        "Line 9: “10.005” has parts of a poisha.",
        "Line 10: “99999999999999” is too much. Is it a number of something else?",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "It is empty"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"a,b\n1,2\n", "No column for the TrxID"),
        (b"TrxID,b\n1,2\n", "No column for the amount"),
        (b"TrxID,Amount\n", "only the line with the names"),
        (b"TrxID,Amount\n" + b"AAAA1111BB,1\n" * 6000, "more than 5,000"),
        (b"x" * 3_000_000, "2 MB are the limit"),
    ],
)
def test_what_is_no_statement_is_refused_whole(content, reason):
    with pytest.raises(FileRefused, match=reason):
        of(content)


def test_bytes_that_are_no_text_are_one_wrong_line():
    found = of(b"TrxID,Amount\nAAAA1111BB,5\nAAAA2222\xffB,5\n")
    assert [entry.number for entry in found.entries] == [2]
    assert told(found) == ["Line 3: There is a sign that is no text. Save the file as “CSV UTF-8”."]


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("Trx ID", "trx_id"),
        ("TRANSACTION ID", "trx_id"),
        ("ট্রানজেকশন আইডি", "trx_id"),
        ("Amount (BDT)", "amount"),
        ("Credit (৳)", "amount"),
        ("টাকা", "amount"),
        ("Sender MSISDN", "sender"),
        ("Completion Time", "at"),
        ("Balance", ""),
    ],
)
def test_a_column_is_known_by_many_names(cell, column):
    assert column_of(cell) == column


@pytest.mark.parametrize(
    ("cell", "poisha"),
    [
        ("1250.50", 125_050),
        ("১,২৫০.৫০", 125_050),
        ("৳1,25,000", 12_500_000),
        ("BDT 500 CR", 50_000),
        ("Tk. 5", 500),
        ("(300.00)", -30_000),
        ("300 DR", -30_000),
        ("−20", -2_000),
    ],
)
def test_amounts_in_every_dress(cell, poisha):
    assert cells.poisha(cell) == poisha


@given(st.integers(1, 10**9))
def test_an_amount_survives_its_writing(poisha):
    assert cells.poisha(f"৳ {poisha // 100:,}.{poisha % 100:02}") == poisha


@given(st.text(max_size=60))
def test_no_cell_breaks_the_reading(text):
    for rule in (cells.trx_id, cells.poisha):
        try:
            rule(text)
        except ValueError:
            continue
    cells.moment(text)
    assert len(cells.number(text)) <= 60


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-29 14:05",
        "29/11/2026 02:05 PM",
        "29-Nov-2026 14:05:00",
        "29 Nov 2026, 2:05pm",
        "Nov 29, 2026 14:05",
        "2026-11-29T14:05:00.000",
        "২৯/১১/২০২৬ ১৪:০৫",
    ],
)
def test_a_moment_in_every_dress(cell):
    assert cells.moment(cell) == datetime(2026, 11, 29, 14, 5)
