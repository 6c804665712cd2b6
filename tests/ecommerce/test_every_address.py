"""No address of the store, and no method of one, is left out of the matrix.

Each module asks its own: ``MATRIX`` by name and method.
"""

import re
from importlib import import_module
from pathlib import Path

import pytest

from apps.ecommerce.urls import urlpatterns

HERE = Path(__file__).parent
EXAMPLES = {"int": "1", "slug": "x", "str": "x"}


def rows():
    modules = [import_module(f"tests.ecommerce.{path.stem}") for path in HERE.glob("test_*.py")]
    return [row for module in modules for row in getattr(module, "MATRIX", ()) if isinstance(row, tuple)]


def test_every_address_is_asked_once():
    asked = rows()
    assert {pattern.name for pattern in urlpatterns} == {name for name, _ in asked}
    assert len(asked) == len(set(asked)), "an address is asked in two places"


@pytest.mark.django_db
def test_every_method_of_an_address_is_asked(client, rafi):
    client.force_login(rafi)
    taken = set()
    for pattern in urlpatterns:
        path = re.sub(r"<(\w+):\w+>", lambda found: EXAMPLES[found[1]], str(pattern.pattern))
        refused = client.generic("PROPFIND", f"/{path}")
        assert refused.status_code == 405, f"{pattern.name} takes every method"
        methods = set(refused["Allow"].lower().split(", ")) - {"head", "options"}
        taken |= {(pattern.name, method) for method in methods}
    assert taken == set(rows())
