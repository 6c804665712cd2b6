"""Who gets which answer at every address of teams, as data. One module for each noun.

A module here holds ``ROWS``, ``ADMIN_ACTIONS``, or both, and, where they need more than a team with people,
``furnish(place)``, which adds what they are about. All is found by itself: a new module is enough.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.teams.matrix.admin_action import AdminAction
from tests.teams.matrix.row import Row

MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
ROWS: list[Row] = [row for module in MODULES for row in getattr(module, "ROWS", [])]
ADMIN_ACTIONS: list[AdminAction] = [action for module in MODULES for action in getattr(module, "ADMIN_ACTIONS", [])]
FURNISHERS = [module.furnish for module in MODULES if hasattr(module, "furnish")]
