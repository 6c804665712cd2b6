"""What people type about practice. Clock times are those of the zone in the form."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from apps.core.errors import DomainError
from apps.corelib import week
from apps.notifications import zones
from apps.teams.forms.achievements import day_field
from apps.teams.models import PracticeSession
from apps.teams.models.sponsor import HTTPS_HELP
from apps.teams.services.practice import Plan
from apps.teams.services.practice_changes import FOLLOWING, ONE


def clock_field(label: str, **more: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **more)


class PracticeForm(forms.Form):
    """One practice. ``asks_anyway`` is set when something else is planned then, to offer the last box."""

    title = forms.CharField(
        label="What is it?",
        max_length=80,
        help_text="Like “Scrim on Ascent”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="Kind", choices=PracticeSession.Kind.choices)
    day = day_field("Day")
    begins = clock_field("Begins")
    ends = clock_field("Ends", help_text="Before the beginning means the day after.")
    time_zone = forms.ChoiceField(label="Clock of", help_text="Members read the time of their own zone.")
    weekly_until = day_field("Each week until", required=False, help_text="Leave it empty for one time only.")
    scope = forms.ChoiceField(
        label="Change",
        choices=[(ONE, "This one"), (FOLLOWING, "This and all that follow")],
        initial=ONE,
        widget=forms.RadioSelect,
    )
    opponent = forms.CharField(label="Against", required=False, max_length=80)
    place = forms.CharField(label="Where", required=False, max_length=120, help_text="A café, a server, a channel.")
    link = forms.URLField(
        label="Link",
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=f"A lobby or a call. {HTTPS_HELP}",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    notes = forms.CharField(label="Notes", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    anyway = forms.BooleanField(label="Plan it anyway", required=False)
    asks_anyway = False

    # What the service calls by another name than the form.
    FIELDS = {"starts_at": "begins", "ends_at": "ends"}

    def __init__(
        self, *args: Any, session: PracticeSession | None = None, goes_on: bool = False, **kwargs: Any
    ) -> None:
        """``goes_on``: the session has later ones, so that the form asks which are meant."""
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101 - tells the type checker
        site = settings.TIME_ZONE
        zone.choices = [(site, site.replace("_", " ")), *((n, n.replace("_", " ")) for n in zones.names() if n != site)]
        if session is not None:
            del self.fields["weekly_until"]
        if not goes_on:
            del self.fields["scope"]

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or {}
        if self.errors:
            return words
        zone = ZoneInfo(words["time_zone"])
        try:
            words["starts_at"] = at(words["day"], words["begins"], zone)
            after = timedelta(days=words["ends"] <= words["begins"])
            words["ends_at"] = at(words["day"] + after, words["ends"], zone)
        except OverflowError:  # the last day of the calendar
            self.add_error("day", "Give a day within the next year.")
        return words

    @property
    def plan(self) -> Plan:
        told = ("title", "kind", "starts_at", "ends_at", "time_zone", "place", "link", "opponent", "notes")
        return Plan(**{name: self.cleaned_data[name] for name in told})

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal at the form's own field. An overlap can be set aside, so its box appears."""
        self.asks_anyway = self.asks_anyway or refusal.code == "overlaps"
        field = self.FIELDS.get(refusal.field or "", refusal.field)
        self.add_error(field if field in self.fields else None, refusal.message)


class ScopeForm(forms.Form):
    """Which sessions are cancelled."""

    scope = forms.ChoiceField(
        label="Cancel", choices=[(ONE, "This one"), (FOLLOWING, "This and all that follow")], required=False
    )


class WeekForm(forms.Form):
    """The blocks of a usual week. None at all is an answer, too."""

    places = forms.TypedMultipleChoiceField(
        choices=[(place, week.name_of(place)) for place in range(week.SIZE)], coerce=int, required=False
    )


class MonthForm(forms.Form):
    """The month of ``?month=2026-12``. A wrong one is this month."""

    month = forms.RegexField(regex=r"^20\d\d-(0[1-9]|1[0-2])$", required=False)

    def first(self, today: date) -> date:
        text = self.cleaned_data.get("month", "") if self.is_valid() else ""
        return date.fromisoformat(f"{text}-01") if text else today.replace(day=1)


def at(day: date, clock: Any, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def told(session: PracticeSession) -> dict[str, Any]:
    """Return the session as the form shows it, in the zone that it was planned in."""
    starts, ends = session.starts_at.astimezone(session.zone), session.ends_at.astimezone(session.zone)
    own = ("title", "kind", "time_zone", "opponent", "place", "link", "notes")
    return {
        "day": starts.date(),
        "begins": starts.time(),
        "ends": ends.time(),
        **{name: getattr(session, name) for name in own},
    }
