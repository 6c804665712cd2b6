"""What the admin shows around its pages: the sidebar by subject, and a badge that names the environment."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static

from apps.core import staff_queues

# The sidebar's groups. An app's models appear by themselves once they are registered; permissions are the admin's own.
GROUPS: list[tuple[str, str, tuple[str, ...]]] = [
    ("People", "group", ("accounts", "user_profile", "players", "auth", "account", "mfa", "socialaccount")),
    ("Teams", "shield", ("teams",)),
    ("Community", "forum", ("siteui", "notifications", "support")),
    ("Store", "storefront", ("ecommerce",)),
    ("Coins", "paid", ("economy",)),
    ("Pages", "article", ("corepages", "dashboard", "search")),
    ("Platform", "dns", ("core", "common", "corelib")),
]
# What waits on the first page, where it is not called as its list is.
WAITING_NAMES = {"core.operations": "Faults of the platform"}


def environment_badge(request: HttpRequest) -> list[str]:
    """Return the environment's name and colour, so that nobody takes staging for production."""
    colours = {"production": "danger", "staging": "warning", "testing": "info", "development": "info"}
    return [settings.ENVIRONMENT.title(), colours[settings.ENVIRONMENT]]


def stylesheet(request: HttpRequest) -> str:
    return static("core/css/staff.css")


def favicon(request: HttpRequest) -> str:
    return static("siteui/favicon.svg")


def script(request: HttpRequest) -> str:
    return static("core/js/staff.js")


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what this person may look after, grouped by subject."""
    waiting = staff_queues.counts()
    apps = {app["app_label"]: app for app in admin.site.get_app_list(request)}
    navigation = []
    grouped = {label for _, _, labels in GROUPS for label in labels}
    others = tuple(label for label in apps if label not in grouped)
    for title, icon, labels in [*GROUPS, ("More", "more_horiz", others)]:
        items = [
            {"title": str(model["name"]), "icon": icon, "link": model["admin_url"], **_badge(model, waiting)}
            for label in labels
            for model in apps.get(label, {"models": []})["models"]
            if model["admin_url"]
        ]
        if items:
            navigation.append({"title": title, "separator": True, "collapsible": True, "items": items})
    return navigation


def what_waits(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put what waits for this person onto the first page: what is wrong, then the longest queue first."""
    waiting = staff_queues.counts()
    queues = [
        {"name": _waiting_name(model), "address": model["admin_url"], "number": _number(model, waiting)}
        for app in admin.site.get_app_list(request)
        for model in app["models"]
        if model["admin_url"] and _number(model, waiting)
    ]
    queues.sort(key=lambda queue: (queue["name"] not in WAITING_NAMES.values(), -queue["number"]))
    return {**context, "queues": queues}


def _waiting_name(model: dict[str, Any]) -> str:
    return WAITING_NAMES.get(model["model"]._meta.label_lower, str(model["name"]))


def _number(model: dict[str, Any], waiting: dict[str, int]) -> int:
    return waiting.get(model["model"]._meta.label_lower, 0)


def _badge(model: dict[str, Any], waiting: dict[str, int]) -> dict[str, Any]:
    number = _number(model, waiting)
    return {"badge": number, "badge_variant": "warning"} if number else {}
