"""The pages that belong to no app, and what machines read."""

from apps.corepages.views.contact import contact, contact_sent
from apps.corepages.views.home import home
from apps.corepages.views.machines import robots_txt, security_txt, web_manifest
from apps.corepages.views.reading import about, faq, privacy, terms

__all__ = [
    "about",
    "contact",
    "contact_sent",
    "faq",
    "home",
    "privacy",
    "robots_txt",
    "security_txt",
    "terms",
    "web_manifest",
]
