"""Who gets which answer at every address of teams, as data. One module for each noun.

A module here holds ``ROWS`` and, where its addresses need more than a team with people, ``furnish(place)``, which adds
what they are about. Both are found by themselves: a new module is enough.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.teams.matrix.row import Row

MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
ROWS: list[Row] = [row for module in MODULES for row in getattr(module, "ROWS", [])]
FURNISHERS = [module.furnish for module in MODULES if hasattr(module, "furnish")]
