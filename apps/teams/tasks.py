"""Work that waits for the commit. Names and arguments are contracts; the services do it."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from apps.core.jobs.task import JobTask
from apps.teams.services import (
    PromotionService,
    SponsorshipService,
    achievement_notices,
    achievements,
    board,
    chat_notices,
    disbanding,
    earning,
    follow_notices,
    invites,
    join_notices,
    join_requests,
    milestones,
    notices,
    posts,
    practice_notices,
    result_imports,
    result_notices,
    sponsor_counts,
)
from apps.teams.services.board import notices as board_notices
from apps.teams.services.posts import notices as post_notices
from apps.teams.services.ranking_service import ranking_service


@shared_task(bind=True, name="teams.send_invite_notification")
def send_invite_notification(self: Any, invite_id: int) -> int:
    """Tell the invited person. Run twice, it tells once: the invite is the fingerprint."""
    return notices.tell_invited(invite_id)


@shared_task(bind=True, name="teams.send_invite_answer_notification")
def send_invite_answer_notification(self: Any, invite_id: int) -> int:
    """Tell the captain and the inviter what the invited person said."""
    return notices.tell_answered(invite_id)


@shared_task(bind=True, name="teams.send_roster_change_notification")
def send_roster_change_notification(self: Any, team_id: int, change_type: str, user_id: int) -> int:
    """Tell the members, or the removed person, about a change of the roster."""
    return notices.tell_roster_change(team_id, change_type, user_id)


@shared_task(bind=True, name="teams.send_transfer_notification")
def send_transfer_notification(self: Any, transfer_id: int) -> int:
    """Tell the member of the offer, or the captain of the no."""
    return notices.tell_transfer(transfer_id)


@shared_task(bind=True, name="teams.send_rename_notification")
def send_rename_notification(self: Any, past_name_id: int) -> int:
    """Tell the members what their team is called now."""
    return notices.tell_renamed(past_name_id)


@shared_task(bind=True, name="teams.send_disband_notification")
def send_disband_notification(self: Any, team_id: int) -> int:
    """Tell the last members that the team is gone, and the captain until when it can be restored."""
    return notices.tell_disbanded(team_id)


@shared_task(bind=True, name="teams.settle_disbanded_teams")
def settle_disbanded_teams(self: Any) -> dict[str, Any]:
    """Make the end final where the thirty days are over. Restoring never waits for this: it looks at the clock."""
    return {"status": "success", "settled_count": disbanding.settle_disbanded_teams()}


@shared_task(bind=True, name="teams.send_chat_notification")
def send_chat_notification(self: Any, message_id: int) -> int:
    """Tell who is named or answered in the chat. Run twice, it tells once: the message is the fingerprint."""
    return chat_notices.tell_chat(message_id)


@shared_task(bind=True, name="teams.clean_expired_invites")
def clean_expired_invites(self: Any) -> dict[str, Any]:
    """Settle invitations and join requests that ran out. No answer waits for this: it looks at the clock itself.

    Invite links have nothing to settle: whether one is open follows from its columns.
    """
    expired = invites.expire_overdue_invites() + join_requests.expire_overdue_requests()
    return {"status": "success", "expired_count": expired}


@shared_task(bind=True, name="teams.send_join_request_notification")
def send_join_request_notification(self: Any, request_id: int) -> int:
    """Tell who answers for the team of a request, or the player of the answer."""
    return join_notices.tell_join_request(request_id)


@shared_task(base=JobTask, bind=True, name="teams.recompute_team_rankings", job_queue="bulk")
def recompute_team_rankings(self: JobTask) -> dict[str, Any]:
    """Count the points of every team, each night."""
    return ranking_service.recalculate_all_teams(reason="Daily automated recalculation")


@shared_task(bind=True, name="teams.send_points_adjusted_notification")
def send_points_adjusted_notification(self: Any, adjustment_id: int) -> int:
    """Tell the captain what staff gave or took, and why."""
    return notices.tell_points_adjusted(adjustment_id)


@shared_task(bind=True, name="teams.expire_sponsors_task")
def expire_sponsors_task(self: Any) -> dict[str, Any]:
    """Settle sponsors past their last day. Pages never wait for this: they look at the dates themselves."""
    return {"status": "success", "expired_count": SponsorshipService.expire_sponsors()}


@shared_task(bind=True, name="teams.settle_sponsor_counts")
def settle_sponsor_counts(self: Any) -> dict[str, Any]:
    """Sum up who saw and followed sponsors, and forget the visitors."""
    return {"status": "success", "settled_count": sponsor_counts.settle_sponsor_counts()}


@shared_task(bind=True, name="teams.process_scheduled_promotions_task")
def process_scheduled_promotions_task(self: Any) -> dict[str, Any]:
    """Settle promotions that began or ended. Pages never wait for this either."""
    return {
        "status": "success",
        "activated_count": PromotionService.activate_scheduled_promotions(),
        "expired_count": PromotionService.expire_promotions(),
    }


@shared_task(bind=True, name="teams.send_achievement_notification")
def send_achievement_notification(self: Any, achievement_id: int) -> int:
    """Tell the members what their results have reached. Run twice, it tells once."""
    return achievement_notices.tell_earned(achievement_id)


@shared_task(base=JobTask, bind=True, name="teams.settle_achievements", job_queue="bulk")
def settle_achievements(self: JobTask) -> dict[str, Any]:
    """Bring all shelves up to the results, before points are counted, and delete what was taken off a month ago."""
    new = milestones.settle_all_milestones()
    return {"status": "success", "earned_count": new, "forgotten_count": achievements.forget_removed()}


@shared_task(bind=True, name="teams.send_result_news")
def send_result_news(self: Any, result_id: int) -> int:
    """Tell the followers of a team how a tournament ended. Run twice, it tells once."""
    return follow_notices.tell_result(result_id)


@shared_task(bind=True, name="teams.send_practice_notification")
def send_practice_notification(self: Any, session_id: int, change: str, sessions: int = 1) -> int:
    """Tell the members what became of their practice. Run twice, it tells once."""
    return practice_notices.tell_practice(session_id, change, sessions)


@shared_task(bind=True, name="teams.send_practice_reminder")
def send_practice_reminder(self: Any, session_id: int, starts_at: str) -> int:
    """Remind the members half an hour before. One that was moved or cancelled since reminds nobody."""
    return practice_notices.tell_reminder(session_id, starts_at)


@shared_task(bind=True, name="teams.pay_top_ten")
def pay_top_ten(self: Any) -> dict[str, Any]:
    """Pay a week in a top-ten team, after the night's ranking. Run twice, it pays once: the week is the occasion."""
    return {"status": "success", "paid_count": earning.pay_top_ten(at=timezone.now())}


@shared_task(bind=True, name="teams.pay_first_teams")
def pay_first_teams(self: Any) -> dict[str, Any]:
    """Pay the first teams of the last two days that no event told of."""
    return {"status": "success", "paid_count": earning.pay_first_teams(since=timezone.now() - timedelta(days=2))}


@shared_task(bind=True, name="teams.send_post_notification")
def send_post_notification(self: Any, post_id: int, state: str, at: str) -> int:
    """Tell readers, captains or the author what a post became. Run twice, it tells once."""
    return post_notices.tell_post(post_id, state, at)


@shared_task(bind=True, name="teams.purge_removed_posts")
def purge_removed_posts(self: Any) -> dict[str, Any]:
    """Delete for good the posts and threads that nobody can bring back any more."""
    return {"status": "success", "purged_count": posts.purge_removed_posts() + board.purge_removed_threads()}


@shared_task(bind=True, name="teams.send_thread_notification")
def send_thread_notification(self: Any, thread_id: int) -> int:
    """Tell whom a new thread names. Run twice, it tells once."""
    return board_notices.tell_thread(thread_id)


@shared_task(bind=True, name="teams.send_reply_notification")
def send_reply_notification(self: Any, reply_id: int) -> int:
    """Tell whom a reply names, and whose thread it answers. Run twice, it tells once."""
    return board_notices.tell_reply(reply_id)


@shared_task(base=JobTask, bind=True, name="teams.send_result_notification")
def send_result_notification(self: JobTask, result_id: int, is_correction: bool = False) -> int:
    """Tell the players of a result. Run twice, it tells once."""
    return result_notices.tell_result(result_id, is_correction=is_correction)


@shared_task(base=JobTask, bind=True, name="teams.check_results_file", atomic=False)
def check_results_file(self: JobTask, import_id: int) -> str:
    """Check a file of results. Not atomic: each portion is a transaction with its cursor, and a second run goes on."""
    return result_imports.check_import(import_id)


@shared_task(base=JobTask, bind=True, name="teams.record_results_file", atomic=False)
def record_results_file(self: JobTask, import_id: int) -> str:
    """Record a file of results in one transaction. Not atomic: a refusal is noted in one that outlives the first."""
    return result_imports.record_import(import_id)


@shared_task(base=JobTask, bind=True, name="teams.pay_results_file", atomic=False, job_queue="bulk")
def pay_results_file(self: JobTask, import_id: int) -> int:
    """Pay the coins of recorded results. Not atomic: each portion is a transaction with its cursor."""
    return result_imports.pay_import(import_id)


@shared_task(base=JobTask, bind=True, name="teams.send_results_file_notifications", job_queue="bulk")
def send_results_file_notifications(self: JobTask, import_id: int, after_team: int = 0) -> int:
    """Tell the players of some teams of a file; each run starts the next."""
    return result_notices.tell_import(import_id, after_team=after_team)


@shared_task(base=JobTask, bind=True, name="teams.prune_result_imports", job_queue="bulk")
def prune_result_imports(self: JobTask) -> dict[str, Any]:
    """Forget files that nobody confirmed, and the lines of those that were recorded long ago."""
    return {"status": "success", "pruned_count": result_imports.prune_imports()}
