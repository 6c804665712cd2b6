"""The user."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class User(AbstractUser):
    """Someone who can log in. Username and e-mail are unique without regard to case."""

    email = models.EmailField("e-mail address")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="accounts_user_username_ci", violation_error_message="This username is taken."
            ),
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email_ci", violation_error_message="This e-mail is already used."
            ),
        ]
