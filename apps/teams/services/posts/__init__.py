"""A team's posts: written, published, decided about, removed, reported."""

from apps.teams.services.posts.deciding import approve_post, reject_post
from apps.teams.services.posts.erasure import forget, purge_removed_posts
from apps.teams.services.posts.removing import pin_post, remove_post, restore_post
from apps.teams.services.posts.reporting import dismiss_report, report_post, uphold_report
from apps.teams.services.posts.writing import create_post, edit_post

__all__ = [
    "approve_post",
    "create_post",
    "dismiss_report",
    "edit_post",
    "forget",
    "pin_post",
    "purge_removed_posts",
    "reject_post",
    "remove_post",
    "report_post",
    "restore_post",
    "uphold_report",
]
