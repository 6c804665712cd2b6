#!/usr/bin/env python
"""Django's command line for DeltaCrown."""

import os
import sys
from pathlib import Path

from deltacrown import site_user


def main() -> None:
    """Run the management command named on the command line."""
    site_user.become("".join(sys.argv[1:2]), Path(__file__).resolve().parent / "var")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        from deltacrown.local.advice import how_to_start

        advice = how_to_start(error)
        if advice is None:
            raise
        sys.exit(advice)


if __name__ == "__main__":
    main()
