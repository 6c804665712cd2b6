"""Login with other services. Settings import this, so it imports no Django."""

from collections.abc import Iterable
from typing import Any

# What each service is asked for: who it is and the address, nothing else.
OPTIONS: dict[str, dict[str, Any]] = {
    "google": {
        "SCOPE": ["profile", "email"],
        "AUTH_PARAMS": {"access_type": "online", "prompt": "select_account"},
        "OAUTH_PKCE_ENABLED": True,
    },
    "discord": {"SCOPE": ["identify", "email"], "OAUTH_PKCE_ENABLED": True},
}
ORIGINS = {"google": "https://accounts.google.com", "discord": "https://discord.com"}


def providers(**keys: tuple[str, str]) -> dict[str, dict[str, Any]]:
    """Return allauth's providers: those with client id and secret. The others have no button and no login."""
    return {
        name: {"APPS": [{"client_id": client_id, "secret": secret}], **OPTIONS[name]}
        for name, (client_id, secret) in keys.items()
        if client_id and secret
    }


def origins(names: Iterable[str]) -> list[str]:
    """Return where the browser is sent to by these providers."""
    return [ORIGINS[name] for name in names]
