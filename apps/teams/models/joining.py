"""What a captain decides about people who ask to join: columns of the team."""

from django.db import models

from apps.teams.constants import JOIN_QUESTION_LIMIT


class JoinSettings(models.Model):
    """How someone without an invitation gets in. At first everyone may ask, and a person decides."""

    accepts_join_requests = models.BooleanField(default=True, db_default=True)
    join_message_required = models.BooleanField(default=False, db_default=False)
    auto_accept_join_requests = models.BooleanField(default=False, db_default=False)
    join_question = models.CharField(max_length=JOIN_QUESTION_LIMIT, blank=True, default="", db_default="")

    class Meta:
        abstract = True
