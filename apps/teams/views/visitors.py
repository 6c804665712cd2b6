"""Who looks, as far as counting needs to know: a person, and the same one as before or not."""

import re
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.core import rate_limit
from apps.core.errors import RateLimited

# Pages an hour that count from one address: many people share one on a phone network, and a script has one, too.
COUNTED_FROM_ONE_ADDRESS = 300

# What calls itself a program (a Cubot is a phone). What pretends to be a browser gets past this, once a day.
_PROGRAM = re.compile(
    r"(?<!\bcu)bot(?:\b|_)|crawl|spider|slurp|scrap|preview|fetch|monitor|headless|lighthouse|facebookexternalhit|whatsapp"
    r"|embedly|curl|wget|python|httpx|okhttp|java/|go-http|axios|postman|insomnia|\b(?:ruby|perl|php|node)\b",
    re.IGNORECASE,
)


def countable_visitor(request: HttpRequest) -> UUID | None:
    """Return who is asking, for today only, or None for what must not count.

    That is programs, fetching ahead, HEAD, and an address that asks without end. The answer is a keyed hash over the
    day, so that it tells nobody apart without the site's secret, leads from no day to the next, and keeps no address.
    """
    agent = request.headers.get("User-Agent", "")
    ahead = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")).lower()
    if request.method != "GET" or not agent or _PROGRAM.search(agent) or "prefetch" in ahead or "preview" in ahead:
        return None
    try:
        rate_limit.check("teams.visits", key=rate_limit.ip_key(request), limit=COUNTED_FROM_ONE_ADDRESS, seconds=3600)
    except RateLimited:
        return None
    who = f"user:{request.user.pk}" if request.user.is_authenticated else f"{rate_limit.ip_key(request)}|{agent}"
    digest = salted_hmac("teams.visitors", f"{timezone.localdate()}|{who}", algorithm="sha256").digest()
    return UUID(bytes=digest[:16])
