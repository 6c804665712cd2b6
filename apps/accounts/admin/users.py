"""Users for staff: support looks and helps, superusers decide who has which rights."""

from http import HTTPStatus
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from apps.accounts.admin.logins import (
    AuthenticatorInline,
    EmailAddressInline,
    SocialAccountInline,
    UserSessionInline,
)
from apps.accounts.models import User
from apps.accounts.permissions import SECOND_FACTORS, can_edit_account
from apps.accounts.services import staff as services
from apps.accounts.services.sessions import end_all_sessions
from apps.core.errors import DomainError


def actor(request: HttpRequest) -> User:
    """Return the member of staff: nobody else gets this far."""
    return cast(User, request.user)


def with_second_factor() -> Exists:
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS))


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class UserForm(forms.ModelForm):
    """Change an account. The password has a page of its own; its hash is shown to nobody, so this is not Django's."""

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "is_active", *RIGHTS)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


class NewUserForm(UserCreationForm):
    """Make an account by hand."""

    email = forms.EmailField(label="E-mail address", help_text="Counts as confirmed: you vouch for it.")

    class Meta:
        model = User
        fields = ("username", "email")

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


class SecondFactorFilter(admin.SimpleListFilter):
    """Who has a second factor. Staff without one can't enter."""

    title = "second factor"
    parameter_name = "second_factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Set up"), ("no", "None")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() == "yes":
            return queryset.filter(with_second_factor())
        return queryset.exclude(with_second_factor()) if self.value() == "no" else queryset


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_active", "is_staff", "second_factor", "date_joined", "last_login"]
    list_filter = [
        "is_active",
        "is_staff",
        "is_superuser",
        SecondFactorFilter,
        ("deletion", admin.EmptyFieldListFilter),
        "groups",
        "date_joined",
    ]
    search_fields = ["username", "email"]
    ordering = ["-date_joined"]
    date_hierarchy = None
    list_per_page = 50
    show_full_result_count = False
    actions = ["revoke_all_sessions", "remove_second_factors"]
    inlines = [EmailAddressInline, AuthenticatorInline, SocialAccountInline, UserSessionInline]
    readonly_fields = ["password_page", "last_login", "date_joined", "password_changed_at"]
    fieldsets = [
        (None, {"fields": ["username", "email", "first_name", "last_name", "password_page"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["date_joined", "last_login", "password_changed_at"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["username", "email", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).annotate(has_second_factor=with_second_factor())

    @admin.display(description="second factor", boolean=True, ordering="has_second_factor")
    def second_factor(self, user: Any) -> bool:
        return bool(user.has_second_factor)

    @admin.display(description="password")
    def password_page(self, user: User) -> str:
        return format_html('<a href="{}">Set a new one</a>', reverse("admin:auth_user_password_change", args=[user.pk]))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        # Rights are a superuser's to give, also through a field that somebody adds to the form by hand.
        return fields if request.user.is_superuser else [*fields, *RIGHTS]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and not can_edit_account(actor(request), obj):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Orders, ledger and audit point at people. Accounts leave by services.deletion, which keeps those whole.
        return False

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        services.save_account(actor=actor(request), user=obj, changed=set(form.changed_data) if change else None)

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        services.set_rights(
            actor=actor(request),
            user=form.instance,
            save=lambda: super(UserAdmin, self).save_related(request, form, formsets, change),
        )

    @method_decorator(sensitive_post_parameters())
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
                services.note_new_password(actor=actor(request), user=User.objects.get(pk=id))
        return response

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if not request.user.is_superuser:
            actions.pop("remove_second_factors", None)
        return actions

    @admin.action(description="Log out everywhere", permissions=["change"])
    def revoke_all_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        ended, refused = 0, 0
        for user in queryset:
            if can_edit_account(actor(request), user):
                ended += end_all_sessions(actor=actor(request), user=user)
            else:
                refused += 1
        self.message_user(request, f"{ended} sessions ended.", messages.SUCCESS)
        if refused:
            self.message_user(request, f"{refused} accounts of staff were left alone.", messages.WARNING)

    @admin.action(description="Remove second factors (lost phone)", permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            try:
                services.remove_second_factors(actor=actor(request), user=user)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
                return
        self.message_user(request, "Second factors removed; the people were told by mail.", messages.SUCCESS)
