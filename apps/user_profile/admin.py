"""Profiles for staff: to find, to look at, and to take away what breaks the rules; every change is audited."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.accounts.models import User
from apps.common.fields import RuleField
from apps.common.templatetags.images import picture
from apps.core.errors import DomainError
from apps.corelib import games, regions, typed
from apps.user_profile import services
from apps.user_profile.constants import BIO_LENGTH, LINK_COLUMNS, PICTURES
from apps.user_profile.models import PreferredGame, UserProfile

_EDITABLE = ("display_name", "region", "bio", "looking_for_team")


class ProfileAdminForm(forms.ModelForm):
    """The same rules as on the owner's page."""

    display_name = RuleField(rule=typed.display_name, widget=UnfoldAdminTextInputWidget)
    region = forms.ChoiceField(choices=regions.choices, widget=UnfoldAdminSelectWidget)
    bio = RuleField(rule=typed.paragraphs, required=False, max_length=BIO_LENGTH, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = UserProfile
        fields = _EDITABLE


class PreferredGameInline(TabularInline):
    model = PreferredGame
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(UserProfile)
class UserProfileAdmin(ModelAdmin):
    form = ProfileAdminForm
    list_display = ("display_name", "username", "region", "looking_for_team", "is_private", "created_at")
    list_filter = ("region", "looking_for_team", "is_private", "preferred_games__game")
    list_select_related = ("user",)
    search_fields = ("display_name", "user__username", *(f"={name}" for name in games.ID_FIELDS))
    search_help_text = "Name, username, or a whole game ID"
    show_full_result_count = False
    actions = ("remove_pictures",)
    inlines = (PreferredGameInline,)
    readonly_fields = (
        "username",
        "public_page",
        "current_avatar",
        "current_banner",
        "phone_given",
        *LINK_COLUMNS.values(),
        *games.ID_FIELDS,
        "is_private",
        "show_email",
        "show_phone",
        "show_socials",
        "created_at",
        "updated_at",
    )
    fieldsets = (
        (None, {"fields": ("username", "public_page", *_EDITABLE)}),
        ("Pictures", {"fields": ("current_avatar", "current_banner")}),
        ("Game IDs", {"fields": tuple(games.ID_FIELDS)}),
        ("Links and contact", {"fields": (*LINK_COLUMNS.values(), "phone_given")}),
        ("Privacy (the player's own choice)", {"fields": ("is_private", "show_email", "show_phone", "show_socials")}),
        ("Times", {"fields": ("created_at", "updated_at")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a profile is made with its user."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UserProfile | None = None) -> bool:
        """Refuse: a profile goes with its account, through the deletion of that."""
        return False

    def save_model(self, request: HttpRequest, obj: UserProfile, form: Any, change: bool) -> None:
        """Change through the service, which audits."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name in _EDITABLE}
        try:
            services.update_profile(actor=cast(User, request.user), profile_id=obj.pk, **changes)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)

    @admin.action(description="Remove picture and banner", permissions=["change"])
    def remove_pictures(self, request: HttpRequest, queryset: QuerySet[UserProfile]) -> None:
        for profile in queryset:
            for name in PICTURES:
                services.remove_picture(actor=cast(User, request.user), profile_id=profile.pk, picture=name)
        self.message_user(request, f"Removed the pictures of {len(queryset)} players.", messages.SUCCESS)

    @admin.display(description="username", ordering="user__username")
    def username(self, profile: UserProfile) -> str:
        return profile.user.get_username()

    @admin.display(description="public page")
    def public_page(self, profile: UserProfile) -> SafeString:
        address = reverse("user_profile:profile", args=[profile.user.get_username()])
        return format_html('<a href="{0}">{0}</a>', address)

    @admin.display(description="picture")
    def current_avatar(self, profile: UserProfile) -> str:
        return picture(profile.avatar, sizes="64px") or "none"

    @admin.display(description="banner")
    def current_banner(self, profile: UserProfile) -> str:
        return picture(profile.banner, sizes="640px") or "none"

    @admin.display(description="phone given", boolean=True)
    def phone_given(self, profile: UserProfile) -> bool:
        return bool(profile.phone)
