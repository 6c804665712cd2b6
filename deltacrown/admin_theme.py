"""The admin's looks: title and the colours of the design tokens. Settings import this, so it imports no Django."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "DeltaCrown admin",
    "SITE_HEADER": "DeltaCrown",
    "SITE_SUBHEADER": "Staff",
    "SITE_SYMBOL": "crown",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "deltacrown.admin_navigation.favicon"},
    ],
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "deltacrown.admin_navigation.environment_badge",
    "BORDER_RADIUS": "6px",
    "ACCOUNT": {"navigation": [{"title": "Security", "link": "/accounts/security/"}]},
    "COLORS": {
        # The design's ground, surface and text tokens, from light to dark.
        "base": {
            "50": "#F5F7FA",
            "100": "#EEF1F6",
            "200": "#DCE2EC",
            "300": "#C9D1DE",
            "400": "#9DA9BF",
            "500": "#66758F",
            "600": "#4E5A70",
            "700": "#2B3549",
            "800": "#1B2333",
            "900": "#121824",
            "950": "#0B0F16",
        },
        # The crown. 600 is what links and buttons use on light ground, where the metal itself is too pale.
        "primary": {
            "50": "#FEF8EB",
            "100": "#FCEDCB",
            "200": "#F9DC9A",
            "300": "#F6CA6B",
            "400": "#F2B84B",
            "500": "#D6952A",
            "600": "#7A5200",
            "700": "#654400",
            "800": "#4F3600",
            "900": "#3B2900",
            "950": "#241900",
        },
    },
    "DASHBOARD_CALLBACK": "deltacrown.admin_navigation.what_waits",
    "STYLES": ["deltacrown.admin_navigation.stylesheet"],
    "SCRIPTS": ["deltacrown.admin_navigation.script"],
    "SIDEBAR": {"show_search": True, "command_search": False, "navigation": "deltacrown.admin_navigation.sidebar"},
}
