"""Addresses of the social life of teams. Included by ``urls`` before the team's own page, which takes any slug."""

from django.urls import path

from apps.teams import api_board, api_social
from apps.teams.views import activity, board, follows, manage_posts, posts, talk_reports

TEAM = "teams/<slug:slug>/"

urlpatterns = [
    path("teams/following/", follows.teams_followed, name="teams_followed"),
    path(f"{TEAM}followers/", follows.followers, name="followers"),
    path(f"{TEAM}follow/", follows.follow, name="follow"),
    path(f"{TEAM}unfollow/", follows.unfollow, name="unfollow"),
    path(f"{TEAM}activity/", activity.activity, name="activity"),
    path(f"{TEAM}board/", board.board, name="board"),
    path(f"{TEAM}board/new/", board.start_thread, name="start_thread"),
    path(f"{TEAM}board/<int:thread_id>/", board.thread, name="thread"),
    path(f"{TEAM}board/<int:thread_id>/reply/", board.reply, name="reply"),
    path(f"{TEAM}board/<int:thread_id>/edit/", board.edit_thread, name="edit_thread"),
    path(f"{TEAM}board/<int:thread_id>/remove/", board.remove_thread, name="remove_thread"),
    path(f"{TEAM}board/<int:thread_id>/restore/", board.restore_thread, name="restore_thread"),
    path(f"{TEAM}board/<int:thread_id>/set/", board.set_thread, name="set_thread"),
    path(f"{TEAM}board/<int:thread_id>/read/", board.read_thread, name="read_thread"),
    path(f"{TEAM}board/replies/<int:reply_id>/edit/", board.edit_reply, name="edit_reply"),
    path(f"{TEAM}board/replies/<int:reply_id>/remove/", board.remove_reply, name="remove_reply"),
    path(f"{TEAM}board/<int:thread_id>/report/", talk_reports.report_thread, name="report_thread"),
    path(f"{TEAM}board/replies/<int:reply_id>/report/", talk_reports.report_reply, name="report_reply"),
    path(f"{TEAM}chat/<int:message_id>/report/", talk_reports.report_message, name="report_message"),
    path(f"{TEAM}posts/", posts.posts, name="posts"),
    path(f"{TEAM}posts/new/", posts.write_post, name="write_post"),
    path(f"{TEAM}posts/<int:post_id>/", posts.post, name="post"),
    path(f"{TEAM}posts/<int:post_id>/edit/", posts.edit_post, name="edit_post"),
    path(f"{TEAM}posts/<int:post_id>/remove/", posts.remove_post, name="remove_post"),
    path(f"{TEAM}posts/<int:post_id>/restore/", posts.restore_post, name="restore_post"),
    path(f"{TEAM}posts/<int:post_id>/pin/", posts.pin_post, name="pin_post"),
    path(f"{TEAM}posts/<int:post_id>/report/", posts.report_post, name="report_post"),
    path(f"{TEAM}manage/posts/", manage_posts.manage_posts, name="manage_posts"),
    path(f"{TEAM}manage/posts/settings/", manage_posts.post_settings, name="post_settings"),
    path(f"{TEAM}manage/posts/<int:post_id>/approve/", manage_posts.approve_post, name="approve_post"),
    path(f"{TEAM}manage/posts/<int:post_id>/reject/", manage_posts.reject_post, name="reject_post"),
    path("api/v1/teams/<slug:slug>/board/", api_board.Board.as_view(), name="api_board"),
    path("api/v1/teams/<slug:slug>/board/<int:thread_id>/", api_board.Thread.as_view(), name="api_thread"),
    path("api/v1/teams/<slug:slug>/posts/", api_social.Posts.as_view(), name="api_posts"),
    path("api/v1/teams/<slug:slug>/follow/", api_social.Follow.as_view(), name="api_follow"),
]
