"""When the next message may go to a receiver that takes only so many."""

from django.db import models


class Pace(models.Model):
    """The clock of one receiver: a mail domain, a Discord webhook, or all of Discord."""

    key = models.CharField(max_length=300, primary_key=True)
    next_at = models.DateTimeField(help_text="What is asked for now gets this time.")
    held_until = models.DateTimeField(null=True, blank=True, help_text="The receiver itself asked to wait.")

    def __str__(self) -> str:
        return self.key
