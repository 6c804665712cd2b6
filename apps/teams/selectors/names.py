"""Free names and tags: who has a taken one, what to suggest instead, and the slug a name gets."""

from collections.abc import Iterator

from django.utils.text import slugify

from apps.core.errors import Conflict
from apps.teams.constants import RESERVED_SLUGS
from apps.teams.models import Team

TAG_LENGTH = 10


def check_name_free(name: str) -> None:
    """Raise ``Conflict`` when a team has this name, in whatever case."""
    if Team.objects.filter(name_ci=name.lower()).exists():
        raise name_taken(name)


def check_tag_free(tag: str, *, name: str) -> None:
    """Raise ``Conflict`` with who has the tag and a free one to try."""
    if Team.objects.filter(tag_ci=tag.lower()).exists():
        raise tag_taken(tag, name=name)


def name_taken(name: str) -> Conflict:
    other = Team.objects.filter(name_ci=name.lower()).first()
    if other and not other.is_active:
        return Conflict("This name belongs to a team that disbanded. Try another.", field="name")
    return Conflict("This name is taken. Try another.", field="name")


def tag_taken(tag: str, *, name: str) -> Conflict:
    """The name of a private team is not told."""
    other = Team.objects.filter(tag_ci=tag.lower()).first()
    by = f" by {other.name}" if other and other.is_public and other.is_active else ""
    suggestion = suggest_tag(name=name, tag=tag)
    return Conflict(f"This tag is taken{by}." + (f" Try {suggestion}." if suggestion else ""), field="tag")


def suggest_tag(*, name: str, tag: str) -> str:
    """Return a free tag close to ``tag``, or an empty string. One query."""
    candidates = list(dict.fromkeys(_tag_candidates(name, tag)))
    taken = set(
        Team.objects.filter(tag_ci__in=[candidate.lower() for candidate in candidates]).values_list("tag_ci", flat=True)
    )
    return next((candidate for candidate in candidates if candidate.lower() not in taken), "")


def _tag_candidates(name: str, tag: str) -> Iterator[str]:
    """Yield tags in the order a person would try them: DW → DWX, DWBD, DWGG, DW2, and at last the initials."""
    tag = tag.upper()
    letters = [part[0] for part in slugify(name).upper().split("-") if part]
    for suffix in ("X", "BD", "GG", "E", *"23456789", *(str(number) for number in range(10, 100))):
        yield tag[: TAG_LENGTH - len(suffix)] + suffix
    initials = "".join(letters)[:TAG_LENGTH]
    if len(initials) >= 2:
        yield initials


def free_slug(name: str, tag: str) -> str:
    """Return the slug for a new team: from its name, or its tag where the name has no Latin letter. One query."""
    base = (slugify(name) or slugify(tag))[:50].strip("-")
    taken = set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
