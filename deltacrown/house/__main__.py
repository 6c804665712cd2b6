"""``python -m deltacrown.house``: prove the rules; exit 1 and say where when one is broken."""

import os
import sys

import django

from deltacrown.environment import BASE_DIR
from deltacrown.house import foreign_keys, modules, templates


def main() -> int:
    """Print each broken rule. Returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
    django.setup()
    broken = [*foreign_keys.find(), *templates.find(BASE_DIR / "templates"), *modules.find(BASE_DIR)]
    for sentence in broken:
        sys.stderr.write(f"{sentence}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
