"""Free names and tags: who has a taken one, what to suggest instead, and the slug a name gets."""

from collections.abc import Iterator

from django.utils.text import slugify

from apps.core.errors import Conflict
from apps.teams.constants import RESERVED_SLUGS
from apps.teams.models import PastName, Team
from apps.teams.models.past_name import PastNameQuerySet
from apps.teams.models.team import TeamQuerySet

TAG_LENGTH = 10


def check_name_free(name: str, *, team: Team | None = None) -> None:
    """Raise ``Conflict`` when another team than ``team`` has this name, in whatever case, or gave it up lately."""
    if _living(team).filter(name_ci=name.lower()).exists():
        raise name_taken(name)
    if _held(team).filter(name_ci=name.lower()).exists():
        raise Conflict("Another team gave this name up lately. It is free again 30 days after.", field="name")


def check_tag_free(tag: str, *, name: str, team: Team | None = None) -> None:
    """Raise ``Conflict`` with who has the tag and a free one to try."""
    if _living(team).filter(tag_ci=tag.lower()).exists():
        raise tag_taken(tag, name=name)
    if _held(team).filter(tag_ci=tag.lower()).exists():
        raise Conflict("Another team gave this tag up lately. It is free again 30 days after.", field="tag")


def check_not_held(team: Team) -> None:
    """Look again after the write.

    The write waited for whoever had the name and was giving it up; only now can the row be seen that holds it.
    """
    if _held(team).filter(name_ci=team.name.lower()).exists():
        raise Conflict("Another team gave this name up lately. It is free again 30 days after.", field="name")
    if _held(team).filter(tag_ci=team.tag.lower()).exists():
        raise Conflict("Another team gave this tag up lately. It is free again 30 days after.", field="tag")


def _living(team: Team | None) -> TeamQuerySet:
    """Return the teams whose names count, besides ``team``."""
    living = Team.objects.filter(settled_at__isnull=True)
    return living.exclude(pk=team.pk) if team else living


def _held(team: Team | None) -> PastNameQuerySet:
    held = PastName.objects.held()
    return held.exclude(team=team) if team else held


def name_taken(name: str) -> Conflict:
    other = _living(None).filter(name_ci=name.lower()).first()
    if other and not other.is_active:
        return Conflict("This name belongs to a team that disbanded. Try another.", field="name")
    return Conflict("This name is taken. Try another.", field="name")


def tag_taken(tag: str, *, name: str) -> Conflict:
    """The name of a private team is not told."""
    other = _living(None).filter(tag_ci=tag.lower()).first()
    by = f" by {other.name}" if other and other.is_public and other.is_active else ""
    suggestion = suggest_tag(name=name, tag=tag)
    return Conflict(f"This tag is taken{by}." + (f" Try {suggestion}." if suggestion else ""), field="tag")


def suggest_tag(*, name: str, tag: str) -> str:
    """Return a free tag close to ``tag``, or an empty string. Two queries."""
    candidates = list(dict.fromkeys(_tag_candidates(name, tag)))
    folded = [candidate.lower() for candidate in candidates]
    taken = {*_living(None).filter(tag_ci__in=folded).values_list("tag_ci", flat=True)}
    taken |= {*_held(None).filter(tag_ci__in=folded).values_list("tag_ci", flat=True)}
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


def free_slug(name: str, tag: str, *, team: Team | None = None) -> str:
    """Return the slug for a name: from the name, or the tag where it has no Latin letter.

    Addresses that a team gave up still lead to it, so only ``team`` itself may have its own again.
    """
    base = (slugify(name) or slugify(tag))[:50].strip("-")
    teams, past = Team.objects.filter(slug__startswith=base), PastName.objects.filter(slug__startswith=base)
    if team:
        teams, past = teams.exclude(pk=team.pk), past.exclude(team=team)
    taken = {*teams.values_list("slug", flat=True), *past.values_list("slug", flat=True)} | RESERVED_SLUGS
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
