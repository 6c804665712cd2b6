"""``manage.py seed_demo``: people, teams and the rest to look at, as each app's ``demo.py`` makes them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core import slots


class Command(BaseCommand):
    help = "Load the demo data of all apps. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT not in {"development", "testing"}:
            message = "Demo logins have a password that everybody knows: only development and tests may have them."
            raise CommandError(message)
        for load in slots.fillings("demo"):
            done = load()
            if options["verbosity"]:
                app = load.__module__.removeprefix("apps.").removesuffix(".demo")
                self.stdout.write(f"{app}: {done or 'loaded'}")
