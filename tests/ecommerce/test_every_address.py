"""No address of the store is left out of the matrix. Each module asks its own: ``MATRIX`` by name and method."""

from importlib import import_module
from pathlib import Path

from apps.ecommerce.urls import urlpatterns

HERE = Path(__file__).parent


def test_every_address_is_asked():
    modules = [import_module(f"tests.ecommerce.{path.stem}") for path in HERE.glob("test_*.py")]
    rows = [row for module in modules for row in getattr(module, "MATRIX", ()) if isinstance(row, tuple)]
    assert {pattern.name for pattern in urlpatterns} == {name for name, _ in rows}
    assert len(rows) == len(set(rows)), "an address is asked in two places"
