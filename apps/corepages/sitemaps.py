"""What search engines are told of."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from apps.corepages import selectors


class PageSitemap(Sitemap):
    """The pages that always exist."""

    protocol = "https"

    def items(self) -> list[str]:
        return ["home", "about", "faq", "contact", "terms", "privacy"]

    def location(self, item: str) -> str:
        return reverse(f"corepages:{item}")


class TeamSitemap(Sitemap):
    """Teams that everybody may see."""

    protocol = "https"
    limit = 5000

    def items(self) -> Any:
        return selectors.public_teams()


class PlayerSitemap(Sitemap):
    """Players who did not make their profile private."""

    protocol = "https"
    limit = 5000

    def items(self) -> Any:
        return selectors.public_players()


SITEMAPS = {"pages": PageSitemap, "teams": TeamSitemap, "players": PlayerSitemap}
