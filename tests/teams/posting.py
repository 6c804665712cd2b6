"""Posts for the tests."""

from django.utils import timezone

from apps.teams.models import TeamPost


def make_post(team, author=None, **fields):
    state = fields.setdefault("state", "published")
    fields.setdefault("title", f"Post {TeamPost.objects.count() + 1}")
    fields.setdefault("body", "Some **words**.")
    if state == "published":
        fields.setdefault("published_at", timezone.now())
    if state == "removed":
        fields.setdefault("removed_at", timezone.now())
        fields.setdefault("state_before", "draft")
    return TeamPost.objects.create(team=team, author=author or team.captain.user, **fields)
