"""The user."""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower, Upper

from apps.accounts.constants import USERNAME_MAX_LENGTH, USERNAME_PATTERN
from apps.accounts.validators import validate_username


class AccountManager(UserManager["User"]):
    """Users, found without regard to case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return ``email`` in lower case, as the login looks it up."""
        return super().normalize_email(email).lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        """Create a superuser whose e-mail address counts as verified: the one who types it runs the server.

        Raises:
            ValidationError: The username or the e-mail address is taken.
        """
        with transaction.atomic():
            taken = self.filter(models.Q(username__iexact=username) | models.Q(email=self.normalize_email(email)))
            if taken.exists():
                raise ValidationError("A user with this username or e-mail address exists already.")
            user = super().create_superuser(username, email, password, **extra_fields)
            # allauth's model, by name: its module imports the user model while that is being made.
            email_address = apps.get_model("account", "EmailAddress")
            email_address.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class User(AbstractUser):
    """Someone who can log in. Username and e-mail are unique without regard to case."""

    username = models.CharField(
        max_length=USERNAME_MAX_LENGTH,
        unique=True,
        validators=[validate_username],
        error_messages={"unique": "This username is taken."},
        help_text="3 to 20 characters: Latin letters, digits, “_”, “.” and “-”.",
    )
    email = models.EmailField(
        "e-mail address", db_index=True, error_messages={"unique": "This e-mail is already used."}
    )
    password_changed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the person last set a password. Empty: at sign-up."
    )

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="accounts_user_username_ci", violation_error_message="This username is taken."
            ),
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email_ci", violation_error_message="This e-mail is already used."
            ),
            models.CheckConstraint(
                condition=models.Q(username__regex=USERNAME_PATTERN),
                name="accounts_user_username_valid",
                violation_error_message="A username has 3 to 20 Latin letters, digits, “_”, “.” and “-”.",
            ),
        ]
        # The login compares without regard to case, which PostgreSQL is asked for with UPPER.
        indexes = [models.Index(Upper("username"), name="accounts_user_username_upper")]
