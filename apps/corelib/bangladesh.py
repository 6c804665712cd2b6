"""Where in Bangladesh something is sent to: 8 divisions, 64 districts, in English and in Bangla.

Spelling as the government has had it since 2018 (Chattogram, Cumilla, Barishal, Jashore, Bogura); what people still
type is found too. A code never changes: addresses and orders keep it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A division or a district."""

    code: str
    name: str
    bangla: str

    def __str__(self) -> str:
        return f"{self.name} · {self.bangla}"


@dataclass(frozen=True)
class District(Place):
    division: str  # its code


# Division, then its districts: English, Bangla. The code is the English name in lower case with hyphens.
_PLACES: dict[tuple[str, str], str] = {
    ("Dhaka", "ঢাকা"): """
        Dhaka ঢাকা, Faridpur ফরিদপুর, Gazipur গাজীপুর, Gopalganj গোপালগঞ্জ, Kishoreganj কিশোরগঞ্জ, Madaripur মাদারীপুর,
        Manikganj মানিকগঞ্জ, Munshiganj মুন্সিগঞ্জ, Narayanganj নারায়ণগঞ্জ, Narsingdi নরসিংদী, Rajbari রাজবাড়ী,
        Shariatpur শরীয়তপুর, Tangail টাঙ্গাইল""",
    ("Chattogram", "চট্টগ্রাম"): """
        Bandarban বান্দরবান, Brahmanbaria ব্রাহ্মণবাড়িয়া, Chandpur চাঁদপুর, Chattogram চট্টগ্রাম, Cox's Bazar কক্সবাজার,
        Cumilla কুমিল্লা, Feni ফেনী, Khagrachhari খাগড়াছড়ি, Lakshmipur লক্ষ্মীপুর, Noakhali নোয়াখালী, Rangamati রাঙ্গামাটি""",
    ("Rajshahi", "রাজশাহী"): """
        Bogura বগুড়া, Chapai Nawabganj চাঁপাইনবাবগঞ্জ, Joypurhat জয়পুরহাট, Naogaon নওগাঁ, Natore নাটোর, Pabna পাবনা,
        Rajshahi রাজশাহী, Sirajganj সিরাজগঞ্জ""",
    ("Khulna", "খুলনা"): """
        Bagerhat বাগেরহাট, Chuadanga চুয়াডাঙ্গা, Jashore যশোর, Jhenaidah ঝিনাইদহ, Khulna খুলনা, Kushtia কুষ্টিয়া,
        Magura মাগুরা, Meherpur মেহেরপুর, Narail নড়াইল, Satkhira সাতক্ষীরা""",
    ("Barishal", "বরিশাল"): """
        Barguna বরগুনা, Barishal বরিশাল, Bhola ভোলা, Jhalokathi ঝালকাঠি, Patuakhali পটুয়াখালী, Pirojpur পিরোজপুর""",
    ("Sylhet", "সিলেট"): "Habiganj হবিগঞ্জ, Moulvibazar মৌলভীবাজার, Sunamganj সুনামগঞ্জ, Sylhet সিলেট",
    ("Rangpur", "রংপুর"): """
        Dinajpur দিনাজপুর, Gaibandha গাইবান্ধা, Kurigram কুড়িগ্রাম, Lalmonirhat লালমনিরহাট, Nilphamari নীলফামারী,
        Panchagarh পঞ্চগড়, Rangpur রংপুর, Thakurgaon ঠাকুরগাঁও""",
    ("Mymensingh", "ময়মনসিংহ"): "Jamalpur জামালপুর, Mymensingh ময়মনসিংহ, Netrokona নেত্রকোণা, Sherpur শেরপুর",
}
_OTHER_SPELLINGS = {
    "chittagong": "chattogram",
    "comilla": "cumilla",
    "barisal": "barishal",
    "jessore": "jashore",
    "bogra": "bogura",
    "chapainawabganj": "chapai-nawabganj",
    "nawabganj": "chapai-nawabganj",
    "netrakona": "netrokona",
    "moulvi bazar": "moulvibazar",
    "maulvibazar": "moulvibazar",
    "jhalokati": "jhalokathi",
    "brahmanbaria sadar": "brahmanbaria",
    "khagrachari": "khagrachhari",
    "laxmipur": "lakshmipur",
}


def _code(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower().replace("'", "")).strip("-")


def _read() -> tuple[dict[str, Place], dict[str, District]]:
    divisions: dict[str, Place] = {}
    districts: dict[str, District] = {}
    for (name, bangla), listed in _PLACES.items():
        division = Place(_code(name), name, bangla)
        divisions[division.code] = division
        for words in listed.split(","):
            english, _, local = words.strip().rpartition(" ")
            districts[_code(english)] = District(_code(english), english, local, division.code)
    return divisions, districts


DIVISIONS, DISTRICTS = _read()


def district(code: str) -> District | None:
    """Return the district of a code, or None."""
    return DISTRICTS.get(code)


def district_name(code: str) -> str:
    """Return the English name; an unknown code is shown as it is."""
    return DISTRICTS[code].name if code in DISTRICTS else code


def division_of(code: str) -> Place | None:
    """Return the division that the district of this code lies in, or None."""
    return DIVISIONS[DISTRICTS[code].division] if code in DISTRICTS else None


def find_district(typed: str) -> District | None:
    """Return the district that somebody means: by code, English, Bangla or a spelling of before 2018."""
    plain = " ".join(typed.split()).strip(" .,").casefold()
    known = DISTRICTS.get(_OTHER_SPELLINGS.get(plain, _code(plain)))
    return known or next((place for place in DISTRICTS.values() if place.bangla == typed.strip()), None)


def grouped_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the districts under their divisions, as a form groups them."""
    return [
        (
            f"{division.name} division",
            [(place.code, str(place)) for place in DISTRICTS.values() if place.division == division.code],
        )
        for division in DIVISIONS.values()
    ]
