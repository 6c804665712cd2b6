"""What the style guide shows. A sample is a template; its source is the snippet to copy."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.utils import timezone

from apps.corelib.charts import Datum
from apps.corelib.marks import MARKS

FOLDER = settings.BASE_DIR / "templates" / "siteui" / "samples"
TITLES = {
    "identity_broadcast": "Identity header: broadcast",
    "identity_split": "Identity header: split",
    "identity_monolith": "Identity header: monolith",
    "identity_herald": "Identity header: herald",
    "identity_scoreline": "Identity header: scoreline",
    "ranking": "Rank row",
    "roster": "Roster",
    "ledger": "Ledger row",
    "charts": "Charts",
    "artwork": "Crests, avatars, game marks",
    "buttons": "Buttons",
    "badges": "Status",
    "fields": "Fields",
    "form_errors": "A refused form",
    "alerts": "Alerts",
    "cards": "Cards",
    "stats": "Figures",
    "table": "Table",
    "tabs": "Tabs",
    "overlays": "Dialog, menu, toast",
    "empty": "Empty state",
    "loading": "Loading",
    "progress": "Steps and progress",
    "pagination": "Pages and breadcrumb",
    "prose": "Running text",
    "small": "Copy field, key, amounts, divider",
}
SWATCHES = [
    "ground",
    "surface",
    "raised",
    "text",
    "muted",
    "faint",
    "hairline",
    "control",
    "crown",
    "crown-fill",
    "delta",
    "danger",
    "info",
    "rare",
    "series-1",
    "series-2",
    "series-3",
    "series-4",
    "series-5",
    "series-6",
]


@dataclass(frozen=True)
class Sample:
    name: str
    title: str

    @property
    def template(self) -> str:
        return f"siteui/samples/{self.name}.html"

    @property
    def source(self) -> str:
        return (FOLDER / f"{self.name}.html").read_text()


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Team name", help_text="As it stands on your jerseys.")
    tag = forms.CharField(label="Tag", min_length=2, max_length=10, initial="PTN", help_text="2 to 10 letters.")
    game = forms.ChoiceField(label="Game", choices=[("valorant", "Valorant"), ("mlbb", "Mobile Legends")])
    fee = forms.DecimalField(label="Entry fee", required=False)
    about = forms.CharField(label="About the team", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    logo = forms.ImageField(label="Logo", required=False, help_text="PNG, JPEG or WebP, up to 5 MB.")
    role = forms.ChoiceField(
        label="Role you look for", choices=[("duelist", "Duelist"), ("igl", "IGL")], widget=forms.RadioSelect
    )
    open = forms.BooleanField(label="Players may ask to join")


def samples() -> list[Sample]:
    return [Sample(name, title) for name, title in TITLES.items()]


def sample_context() -> dict[str, Any]:
    """Return what the samples show."""
    now = timezone.now()
    refused = SampleForm({"name": "", "tag": "D"}, prefix="refused")
    refused.is_valid()
    return {
        "form": SampleForm(),
        "refused": refused,
        "games": list(MARKS),
        "trend": [3, 4, 4, 6, 5, 8, 9, 12],
        "dip": [9, 8, 10, 7, 6, 6, 4, 5],
        "breakdown": [
            Datum("Winner", 500, href="#charts"),
            Datum("Runner-up", 300, href="#charts"),
            Datum("Participation", 250, href="#charts"),
            Datum("Achievements", 100, href="#charts"),
            Datum("Members", 60, href="#charts"),
            Datum("Age", 30, href="#charts"),
        ],
        "season": [
            Datum(f"Week {week}", value) for week, value in enumerate([620, 680, 660, 790, 910, 900, 1090, 1240], 1)
        ],
        "roles": [Datum("Players", 5), Datum("Substitutes", 2), Datum("Coach", 1)],
        "steps": ["Name and tag", "Game and crest", "Invite players"],
        "page": Paginator(range(200), 10).page(7),
        "earlier": now - timedelta(hours=3),
        "long_ago": now - timedelta(days=40),
    }
