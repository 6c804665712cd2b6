"""Results from files: checked, shown, confirmed, recorded in one piece, paid. docs/results.md tells the whole."""

from apps.teams.services.result_imports.pruning import prune_imports
from apps.teams.services.result_imports.starting import confirm_import, discard_import, start_import
from apps.teams.services.result_imports.steps import check_import, pay_import, record_import

__all__ = [
    "check_import",
    "confirm_import",
    "discard_import",
    "pay_import",
    "prune_imports",
    "record_import",
    "start_import",
]
