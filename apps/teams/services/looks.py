"""How a team looks: its pictures, its header, where it is found elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from apps.common import images
from apps.common.images import ProcessedImage, StoredImage
from apps.core.errors import DomainError
from apps.corelib.links import clean_secure_link
from apps.teams.constants import TEAM_LINKS
from apps.teams.models import Team

PICTURES = ("logo", "banner", "roster_image")


@contextmanager
def stored(pictures: Mapping[str, ProcessedImage | None]) -> Iterator[dict[str, StoredImage]]:
    """Write the files before the row; they all go away again when the transaction inside fails."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(images.writing(processed)) for name, processed in pictures.items() if processed
        }


def clean_links(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses to store, of known places only, in their order; empty ones are left out.

    Raises:
        DomainError: One leads elsewhere or is not https; ``field`` is ``link_<code>``.
    """
    if unknown := typed.keys() - set(TEAM_LINKS):
        raise DomainError(f"There is no link of the kind {min(unknown)!r}.", field="links")
    cleaned = {}
    for code in TEAM_LINKS:
        try:
            cleaned[code] = clean_secure_link(code, str(typed.get(code, "")))
        except ValueError as error:
            raise DomainError(str(error), field=f"link_{code}") from error
    return {code: address for code, address in cleaned.items() if address}


def forget(team: Team) -> list[str]:
    """Take pictures, words and links off ``team``; return the fields to save."""
    for name in PICTURES:
        images.assign(team, name, "")
    team.tagline, team.description, team.links = "", "", {}
    return [*PICTURES, "tagline", "description", "links"]
