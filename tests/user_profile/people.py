"""People for these tests."""

import io

from PIL import Image

from apps.accounts.models import User
from apps.common import images
from apps.user_profile.models import Follow


def person(username, **profile):
    """Return a user; keyword arguments are set on the profile."""
    user = User.objects.create_user(username, f"{username}@example.test", "a-long-password")
    for name, value in profile.items():
        setattr(user.profile, name, value)
    user.profile.save()
    return user


def follows(one, other):
    return Follow.objects.create(follower=one.profile, followed=other.profile)


def upload(size=(800, 400), color="#cc3322", fmt="JPEG"):
    """Return the bytes of a plain picture as a file."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, fmt)
    out.seek(0)
    out.name = "../../etc/passwd.php"
    return out


def processed(purpose, **kwargs):
    return images.process(upload(**kwargs), purpose=purpose)
