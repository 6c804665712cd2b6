"""What the API takes and gives. Rules stay with the services: these only say what is missing or no text."""

from typing import Any

from rest_framework import serializers

from apps.corelib import games
from apps.teams.models import Team, TeamInvite
from apps.teams.selectors.rosters import Roster


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team as lists and pages show it."""

    game_name = serializers.CharField(source="game_info.name")
    captain = serializers.CharField(source="captain.user.username")
    logo = serializers.CharField(source="crest_src")
    url = serializers.CharField(source="get_absolute_url")
    banner = serializers.CharField(source="banner.url")

    class Meta:
        model = Team
        fields = [
            "slug",
            "name",
            "tag",
            "game",
            "game_name",
            "region",
            "tagline",
            "captain",
            "logo",
            "banner",
            "hero_template",
            "links",
            "url",
            "member_count",
            "total_points",
            "is_verified",
            "is_featured",
            "is_recruiting",
            "is_public",
            "created_at",
        ]


class NewTeamSerializer(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(max_length=50)
    tag = serializers.CharField(max_length=10)
    game = serializers.ChoiceField(choices=games.choices())
    region = serializers.CharField(max_length=2, default="BD")
    tagline = serializers.CharField(max_length=80, allow_blank=True, default="")
    description = serializers.CharField(max_length=2000, allow_blank=True, default="")
    is_recruiting = serializers.BooleanField(default=False)
    in_game_role = serializers.CharField(max_length=30, allow_blank=True, default="")


class NewInviteSerializer(serializers.Serializer[dict[str, Any]]):
    """Either ``player``, a username, or ``email``."""

    player = serializers.CharField(max_length=150, required=False)
    email = serializers.EmailField(max_length=254, required=False)
    role = serializers.ChoiceField(choices=TeamInvite.Role.choices, default=TeamInvite.Role.PLAYER)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("player" in attrs) == ("email" in attrs):
            raise serializers.ValidationError("Give either player or email.")
        return attrs


class AnswerSerializer(serializers.Serializer[dict[str, Any]]):
    in_game_role = serializers.CharField(max_length=30, allow_blank=True, default="")


class InviteSerializer(serializers.ModelSerializer[TeamInvite]):
    """An invitation as the team sees it."""

    team = serializers.CharField(source="team.slug")
    player = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = TeamInvite
        fields = ["id", "team", "player", "email", "role", "state", "url", "created_at", "expires_at"]

    def get_player(self, invite: TeamInvite) -> str:
        return invite.invitee.get_username() if invite.invitee else ""


def roster_json(roster: Roster) -> list[dict[str, Any]]:
    return [
        {
            "username": member.profile.user.get_username(),
            "display_name": member.profile.display_name,
            "role": member.role,
            "in_game_role": member.in_game_role,
            "joined_at": member.joined_at,
        }
        for member in roster.members
    ]
