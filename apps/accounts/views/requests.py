"""What a view behind ``login_required`` is given."""

from django.http import HttpRequest

from apps.accounts.models import User


class PersonRequest(HttpRequest):
    """A request of somebody who is logged in. Only for the type checker: nothing makes one."""

    user: User
