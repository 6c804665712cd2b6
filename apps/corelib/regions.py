"""Where players and teams are at home: ISO 3166 codes, Bangladesh and its neighbours first."""

DEFAULT_REGION = "BD"

REGIONS: dict[str, str] = {
    "BD": "Bangladesh",
    "IN": "India",
    "PK": "Pakistan",
    "NP": "Nepal",
    "LK": "Sri Lanka",
    "BT": "Bhutan",
    "MV": "Maldives",
    "AF": "Afghanistan",
    "MM": "Myanmar",
    "MY": "Malaysia",
    "SG": "Singapore",
    "ID": "Indonesia",
    "PH": "Philippines",
    "TH": "Thailand",
    "VN": "Vietnam",
    "AE": "United Arab Emirates",
    "SA": "Saudi Arabia",
    "QA": "Qatar",
    "GB": "United Kingdom",
    "US": "United States",
    "ZZ": "Elsewhere",
}


def choices() -> list[tuple[str, str]]:
    """Return (code, name) of every region, for forms."""
    return list(REGIONS.items())


def name(code: str) -> str:
    """Return the name of a region; an unknown code is shown as it is."""
    return REGIONS.get(code, code)
