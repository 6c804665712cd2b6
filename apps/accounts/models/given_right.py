"""Which rights the groups of staff were given, so that what an administrator takes away stays away."""

from django.db import models


class GivenRight(models.Model):
    """A right that a group was given by ``migrate``: once, whatever became of it."""

    group = models.CharField(max_length=150, help_text="The group's name.")
    right = models.CharField(max_length=201, help_text="As ecommerce.process_order.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "right"], name="accounts_givenright_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.right}"
