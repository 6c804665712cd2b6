"""What players are told about things that happen below this app."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.notifications.models import Notification
from apps.user_profile.services import follow, unfollow


@pytest.mark.django_db
def test_a_new_follower_is_told_of_once(rafi: User, mim: User, django_capture_on_commit_callbacks: Any) -> None:
    for act in (follow, unfollow, follow):
        with django_capture_on_commit_callbacks(execute=True):
            act(actor=rafi, profile_id=mim.profile.pk)

    row = Notification.objects.get()
    assert (row.recipient, row.actor, row.title) == (mim, rafi, "rafi follows you")
    assert row.url == rafi.profile.get_absolute_url()
