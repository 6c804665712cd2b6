"""Everything the platform holds about one person, as files. Apps add theirs in the slot ``personal_data``."""

import json
import re
import tempfile
import zipfile
from typing import IO, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from apps.accounts.models import KnownDevice, User
from apps.core import slots

_FILE_NAME = re.compile(r"[a-z0-9_]+\Z")
_MEMORY_BYTES = 2 * 1024 * 1024


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return what this app holds about ``user``; secrets stay out, that they exist doesn't."""
    return {
        "account": [
            {
                "username": user.username,
                "email": user.email,
                "first_name": user.first_name,
                "last_name": user.last_name,
                "joined_at": user.date_joined,
                "last_login_at": user.last_login,
                "password_changed_at": user.password_changed_at,
                "is_staff": user.is_staff,
                "groups": list(user.groups.values_list("name", flat=True)),
            }
        ],
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")
        ),
        "second_factors": list(
            Authenticator.objects.filter(user=user).order_by("pk").values("type", "created_at", "last_used_at")
        ),
        "linked_accounts": list(
            SocialAccount.objects.filter(user=user)
            .order_by("pk")
            .values("provider", "uid", "date_joined", "last_login", "extra_data")
        ),
        "sessions": list(
            UserSession.objects.filter(user=user)
            .order_by("pk")
            .values("ip", "user_agent", "created_at", "last_seen_at")
        ),
        "known_devices": list(
            KnownDevice.objects.filter(user=user).order_by("pk").values("first_seen_at", "last_seen_at")
        ),
    }


def write_export(user: User) -> IO[bytes]:
    """Return one ZIP with a JSON file per kind of data, ready to be read.

    It grows on disk, not in memory. Two apps that use one name for a file is a mistake in the code, and refused:
    one of them would be missing from the person's data.
    """
    export = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - the response closes it
    contents: dict[str, int] = {}
    with zipfile.ZipFile(export, "w", zipfile.ZIP_DEFLATED) as archive:
        for contribute in slots.fillings("personal_data"):
            for name, rows in contribute(user).items():
                if name in contents or not _FILE_NAME.match(name):
                    raise ValueError(f"personal_data: the name {name!r} is used twice or no file name")
                contents[name] = len(rows)
                archive.writestr(f"{name}.json", _json(rows))
        about = {"username": user.username, "exported_at": timezone.now(), "files": contents}
        archive.writestr("about.json", _json(about))
    export.seek(0)
    return export


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
