"""What a captain decides about the team's posts and board."""

from django.db import models


class SocialSettings(models.Model):
    """A column for each, as with the members' flags."""

    posts_need_approval = models.BooleanField("posts of members wait for a captain", default=False, db_default=False)
    board_is_public = models.BooleanField("everyone may read the board", default=False, db_default=False)

    class Meta:
        abstract = True
