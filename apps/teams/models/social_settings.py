"""What a captain decides about the team's posts."""

from django.db import models


class SocialSettings(models.Model):
    """A column for each, as with the members' flags."""

    posts_need_approval = models.BooleanField("posts of members wait for a captain", default=False, db_default=False)

    class Meta:
        abstract = True
