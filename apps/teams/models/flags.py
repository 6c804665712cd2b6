"""What a captain opens to ordinary members: one column for each, so that a queryset can ask for it."""

from django.db import models


class MemberFlag(models.TextChoices):
    """What a member may be trusted with. The column on the team is ``members_can_`` and the value."""

    EDIT_PROFILE = "edit_profile", "Edit the team's page"
    MANAGE_ROSTER = "manage_roster", "Change the roster"
    VIEW_STATS = "view_stats", "See the inner figures"
    MANAGE_INVITES = "manage_invites", "Invite players and answer requests"
    CHANGE_SETTINGS = "change_settings", "Change the settings"
    MANAGE_CHAT = "manage_chat", "Keep order in chat and board"
    POST_ANNOUNCEMENTS = "post_announcements", "Post announcements"
    MANAGE_ACHIEVEMENTS = "manage_achievements", "Keep the achievements"
    VIEW_FINANCES = "view_finances", "See sponsors and money"
    SCHEDULE_PRACTICE = "schedule_practice", "Schedule practice"


class MemberFlags(models.Model):
    """The ten columns. All are closed at first but the view of the figures."""

    members_can_edit_profile = models.BooleanField(default=False, db_default=False)
    members_can_manage_roster = models.BooleanField(default=False, db_default=False)
    members_can_view_stats = models.BooleanField(default=True, db_default=True)
    members_can_manage_invites = models.BooleanField(default=False, db_default=False)
    members_can_change_settings = models.BooleanField(default=False, db_default=False)
    members_can_manage_chat = models.BooleanField(default=False, db_default=False)
    members_can_post_announcements = models.BooleanField(default=False, db_default=False)
    members_can_manage_achievements = models.BooleanField(default=False, db_default=False)
    members_can_view_finances = models.BooleanField(default=False, db_default=False)
    members_can_schedule_practice = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True

    def opens(self, flag: MemberFlag) -> bool:
        """Return whether ordinary members may do what ``flag`` names."""
        return bool(getattr(self, f"members_can_{flag.value}"))
