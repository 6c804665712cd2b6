"""What staff see of followers."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from apps.teams.admin.teams import ReadOnly
from apps.teams.models import TeamFollow


@admin.register(TeamFollow)
class FollowAdmin(ReadOnly, ModelAdmin):
    list_display = ["team", "profile", "created_at"]
    search_fields = ["team__name", "team__tag", "profile__display_name", "profile__user__username"]
    list_select_related = ["team", "profile"]
    ordering = ["-pk"]
