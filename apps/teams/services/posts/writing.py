"""Write a post and change it: as a draft, or for others to see."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import images
from apps.common.images import ProcessedImage, StoredImage
from apps.core import rate_limit
from apps.core.errors import Conflict, DomainError
from apps.corelib import typed
from apps.teams.models import TeamPost, TeamPostPicture
from apps.teams.permissions import Standing
from apps.teams.permissions import posts as rules
from apps.teams.permissions import standing as standing_of
from apps.teams.services.locks import lock_team
from apps.teams.services.posts.states import State, lock_post, move, tell
from apps.teams.services.words import markdown_of, title_of
from apps.teams.social_limits import ON_TOP_LIMIT, POST_BODY_LIMIT, POST_DRAFTS, POST_PICTURES

Kind = TeamPost.Kind


@dataclass(frozen=True)
class Words:
    """What a post says and to whom. ``on_top_until`` is an announcement's."""

    title: str
    body: str
    audience: str = TeamPost.Audience.PUBLIC
    kind: str = Kind.POST
    on_top_until: date | None = None


@dataclass(frozen=True)
class NewPicture:
    image: ProcessedImage
    alt: str = ""


def create_post(
    *,
    actor: User,
    team_id: int,
    words: Words,
    client_id: UUID,
    publish: bool = True,
    pictures: Sequence[NewPicture] = (),
) -> TeamPost:
    """Write a post. Sent again with the same ``client_id`` it is the same post, whatever it says now.

    What is to be published waits for a captain where the team wants that.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor has no seat in the team, or may not announce.
        DomainError: A field is wrong; ``field`` names it. Conflict: too many drafts.
        RateLimited: More than ten posts an hour.
    """
    with ExitStack() as files, transaction.atomic(durable=True):
        team = lock_team(team_id)
        standing = standing_of(actor, team)
        _check_may_write(standing, words.kind)
        if known := TeamPost.objects.filter(author=actor, client_id=client_id, team=team).first():
            return known
        rate_limit.check("teams.post", key=str(actor.pk), limit=10, seconds=3600)
        post = TeamPost(team=team, author=actor, client_id=client_id, state=State.DRAFT)
        _set_words(post, words)
        _check_room(post)
        post.save(force_insert=True)
        _add_pictures(post, [(files.enter_context(images.writing(new.image)), new.alt) for new in pictures])
        if publish:
            _publish(actor, standing, post)
    return post


def edit_post(
    *,
    actor: User,
    post_id: int,
    words: Words,
    publish: bool = False,
    pictures: Sequence[NewPicture] = (),
    dropped: Collection[int] = (),
    alts: Mapping[int, str] | None = None,
) -> TeamPost:
    """Change one's own post: its words, ``dropped`` pictures (by id), their ``alts``, new ``pictures``.

    What others have seen is marked as edited; where posts need approval it waits for a captain again.

    Raises:
        NotFound, PermissionRefused, DomainError, RateLimited: as ``create_post``. Conflict: it was removed.
    """
    with ExitStack() as files, transaction.atomic(durable=True):
        post, standing = lock_post(actor, post_id)
        rules.check_edit_post(standing, post)
        _check_may_write(standing, words.kind)
        if words.kind != post.kind:
            raise DomainError("A post and an announcement don't become each other.", field="kind")
        rate_limit.check("teams.post_edit", key=str(actor.pk), limit=60, seconds=3600)
        seen = post.is_published
        before = (post.title, post.body)
        _set_words(post, words)
        changed = before != (post.title, post.body) or pictures or dropped
        if seen and changed:
            post.edited_at = timezone.now()
        post.save()
        _change_pictures(post, dropped, alts or {})
        _add_pictures(post, [(files.enter_context(images.writing(new.image)), new.alt) for new in pictures])
        if seen and changed and _needs_approval(standing, post):
            move(actor, post, State.PENDING, action="team.post_changed")
            tell(post)
        elif publish and not seen and not (post.state == State.PENDING and _needs_approval(standing, post)):
            _publish(actor, standing, post)
    return post


def _check_may_write(standing: Standing, kind: str) -> None:
    rules.check_write_post(standing)
    if kind == Kind.ANNOUNCEMENT:
        rules.check_announce(standing)


def _set_words(post: TeamPost, words: Words) -> None:
    """Put tidied words into the post. Raises ``DomainError`` with the field."""
    title = title_of(words.title, example="We won the Dhaka Open")
    body = markdown_of(words.body, longest=POST_BODY_LIMIT, what="A post")
    if words.kind not in Kind.values or words.audience not in TeamPost.Audience.values:
        raise DomainError("Choose who sees it.", field="audience")
    if words.on_top_until and words.kind != Kind.ANNOUNCEMENT:
        raise DomainError("Only announcements stand on top until a day.", field="on_top_until")
    if words.on_top_until and words.on_top_until > timezone.localdate() + ON_TOP_LIMIT:
        raise DomainError("An announcement stands on top for at most 60 days.", field="on_top_until")
    post.title, post.body, post.kind = title, body, words.kind
    post.audience, post.on_top_until = words.audience, words.on_top_until


def _check_room(post: TeamPost) -> None:
    drafts = TeamPost.objects.filter(team=post.team, author=post.author, state__in=[State.DRAFT, State.PENDING])
    if drafts.count() >= POST_DRAFTS:
        raise Conflict(f"You have {POST_DRAFTS} posts that nobody sees yet. Publish or delete one first.")


def _needs_approval(standing: Standing, post: TeamPost) -> bool:
    return post.kind == Kind.POST and post.team.posts_need_approval and not rules.can_review_posts(standing)


def _publish(actor: User, standing: Standing, post: TeamPost) -> None:
    post.reason = ""
    if _needs_approval(standing, post):
        move(actor, post, State.PENDING, action="team.post_submitted")
    else:
        post.published_at = timezone.now()
        move(actor, post, State.PUBLISHED, action="team.post_published")
    tell(post)


def _add_pictures(post: TeamPost, stored: Sequence[tuple[StoredImage, str]]) -> None:
    taken = set(post.pictures.values_list("position", flat=True))
    free = [position for position in range(1, POST_PICTURES + 1) if position not in taken]
    if len(stored) > len(free):
        raise DomainError(f"A post has at most {POST_PICTURES} pictures.", field="picture_1")
    TeamPostPicture.objects.bulk_create(
        TeamPostPicture(post=post, position=position, image=image, alt=typed.one_line(alt)[:200])
        for position, (image, alt) in zip(free, stored, strict=False)
    )


def _change_pictures(post: TeamPost, dropped: Collection[int], alts: Mapping[int, str]) -> None:
    for picture in post.pictures.all():
        if picture.pk in dropped:
            transaction.on_commit(partial(images.delete_files, picture.image.file_names), robust=True)
            picture.delete()
        elif picture.pk in alts and picture.alt != alts[picture.pk]:
            picture.alt = typed.one_line(alts[picture.pk])[:200]
            picture.save(update_fields=["alt"])
