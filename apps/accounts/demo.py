"""The people of the demo data. Their profiles come with the profiles' own demo."""

from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts.models import User

PASSWORD = "champions-rise-2026"  # noqa: S105 - printed by `make run`, and only demo data is loaded with it
EMAIL_DOMAIN = "example.test"
SUPERUSER = "nadia"

# (username, first name, last name)
PEOPLE = [
    ("nadia", "Nadia", "Rahman"),
    ("rafi", "Rafi", "Hossain"),
    ("tanvir", "Tanvir", "Ahmed"),
    ("mim", "Mim", "Akter"),
    ("sakib", "Sakib", "Chowdhury"),
    ("jerin", "Jerin", "Tasnim"),
    ("ayesha", "Ayesha", "Siddika"),
    ("arif", "Arif", "Mahmud"),
    ("fahim", "Fahim", "Islam"),
    ("nusrat", "Nusrat", "Jahan"),
    ("shuvo", "Shuvo", "Das"),
    ("priya", "Priya", "Saha"),
    ("imran", "Imran", "Khan"),
    ("tasnia", "Tasnia", "Haque"),
    ("rakib", "Rakib", "Hasan"),
    ("sumaiya", "Sumaiya", "Islam"),
    ("zayan", "Zayan", "Karim"),
    ("maliha", "Maliha", "Noor"),
    ("ovi", "Ovi", "Barua"),
    ("ritu", "Ritu", "Mondal"),
]


@transaction.atomic
def load() -> None:
    """Make the people who are missing. Those who exist keep what was changed by hand."""
    joined = datetime(2026, 1, 5, 12, tzinfo=UTC)
    hashed = ""
    for position, (username, first_name, last_name) in enumerate(PEOPLE):
        if User.objects.filter(username__iexact=username).exists():
            continue
        hashed = hashed or make_password(PASSWORD)  # one hash for all: twenty would take the start's second
        email = f"{username}@{EMAIL_DOMAIN}"
        user = User.objects.create(
            username=username,
            email=email,
            password=hashed,
            first_name=first_name,
            last_name=last_name,
            is_staff=username == SUPERUSER,
            is_superuser=username == SUPERUSER,
            date_joined=joined + timedelta(days=9 * position),
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
