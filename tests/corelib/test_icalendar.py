"""Calendars, read back by a strict reader of RFC 5545 that was written from the standard, not from the writer."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.corelib import icalendar
from apps.corelib.icalendar import Event

BEGIN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
UTC_TIME = re.compile(r"\d{8}T\d{6}Z")
NAME = re.compile(r"[A-Z][A-Z0-9-]*(;[A-Z-]+=[A-Z0-9-]+)*")
CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "CREATED", "LAST-MODIFIED", "TRANSP"}


def event(**changes):
    facts = {
        "uid": "1@deltacrown",
        "sequence": 0,
        "starts_at": BEGIN,
        "ends_at": BEGIN + timedelta(hours=2),
        "created_at": BEGIN - timedelta(days=3),
        "changed_at": BEGIN - timedelta(days=2),
        "summary": "DW: Scrim",
    }
    return Event(**{**facts, **changes})


def read(text):
    """Return the components as (name, {property: value}, [inner]). Anything the standard forbids fails."""
    assert text.endswith("\r\n")
    lines = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = []
    for line in lines:
        assert "\n" not in line
        assert "\r" not in line
        if line.startswith(" "):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    stack = [("root", {}, [])]
    for line in unfolded:
        assert not CONTROLS.search(line)
        name, _, value = line.partition(":")
        assert NAME.fullmatch(name), name
        if name == "BEGIN":
            stack.append((value, {}, []))
        elif name == "END":
            done = stack.pop()
            assert done[0] == value
            stack[-1][2].append(done)
        else:
            assert name not in stack[-1][1], f"{name} twice"
            stack[-1][1][name] = value
    assert len(stack) == 1
    return stack[0][2]


def plain(value):
    """Undo the escapes of TEXT; a bare comma or semicolon, or any other escape, is an error."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value)


def only(text):
    [(name, properties, inner)] = read(text)
    assert name == "VCALENDAR"
    assert (properties["VERSION"], properties["METHOD"]) == ("2.0", "PUBLISH")
    assert properties["PRODID"]
    return properties, inner


def test_an_event_has_what_the_standard_asks_for_and_times_in_utc():
    dhaka = timezone(timedelta(hours=6))
    text = icalendar.calendar([event(starts_at=BEGIN.astimezone(dhaka), sequence=3)], name="Dhaka Wolves")
    calendar, [(name, properties, inner)] = only(text)
    assert (name, inner, calendar["X-WR-CALNAME"]) == ("VEVENT", [], "Dhaka Wolves")
    assert set(properties) >= ONCE
    assert (properties["DTSTART"], properties["DTEND"]) == ("20261124T150000Z", "20261124T170000Z")
    assert (properties["SEQUENCE"], properties["STATUS"]) == ("3", "CONFIRMED")
    for key in ("DTSTAMP", "DTSTART", "DTEND", "CREATED", "LAST-MODIFIED"):
        assert UTC_TIME.fullmatch(properties[key])


def test_a_cancelled_event_says_so_and_takes_no_time():
    _, [(_, properties, _)] = only(icalendar.calendar([event(is_cancelled=True)], name="x"))
    assert (properties["STATUS"], properties["TRANSP"]) == ("CANCELLED", "TRANSPARENT")


def test_an_empty_calendar_is_one():
    assert only(icalendar.calendar([], name="x"))[1] == []


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        icalendar.moment(datetime(2026, 1, 1))


SAYABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(summary=SAYABLE, notes=SAYABLE)
def test_any_words_come_back_as_they_were_but_for_control_characters(summary, notes):
    text = icalendar.calendar([event(summary=summary, description=notes)], name=summary)
    _, [(_, properties, _)] = only(text)

    def cleaned(words):
        words = words.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(char for char in words if char == "\n" or (char >= " " and char != "\x7f"))

    assert plain(properties["SUMMARY"]) == cleaned(summary)
    assert plain(properties.get("DESCRIPTION", "")) == cleaned(notes)


def test_words_can_not_begin_a_line_of_their_own():
    text = icalendar.calendar([event(summary="x\r\nATTACH:http://evil.example/")], name="x")
    assert "ATTACH" not in only(text)[1][0][1]
