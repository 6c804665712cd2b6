"""``manage.py prune_images``: delete image files that no row names any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.common.images.orphans import orphaned_files
from apps.common.images.storing import delete_files


class Command(BaseCommand):
    help = "Delete image files older than a day that no row names (left by processes killed between file and row)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without ``--delete`` the files are only listed."""
        parser.add_argument("--delete", action="store_true", help="delete them; otherwise they are listed")

    def handle(self, *args: Any, **options: Any) -> None:
        """List or delete the orphans."""
        names = sorted(orphaned_files())
        for name in names:
            self.stdout.write(name)
        if options["delete"]:
            delete_files(names)
        done = "deleted" if options["delete"] else "found (run again with --delete)"
        self.stdout.write(f"{len(names)} orphaned image files {done}.")
