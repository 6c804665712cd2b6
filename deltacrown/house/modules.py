"""What a module is called, how long it grows, and where it imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

NAMELESS = {"utils.py", "helpers.py", "misc.py"}
STARTERS = {"delay", "apply_async", "send_task"}
JOBS = ("apps/core/jobs", "deltacrown/celery")
MAX_LINES = 500
MAX_FUNCTION_LINES = 100


def find(root: Path) -> Iterator[str]:
    """Yield a sentence for each module below ``root``/apps and ``root``/deltacrown that breaks a rule."""
    for folder in ("apps", "deltacrown"):
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            text = path.read_text()
            yield from find_in(path.relative_to(root).as_posix(), text)


def find_in(name: str, text: str) -> Iterator[str]:
    """Yield what is wrong with one module."""
    if name.rsplit("/", 1)[-1] in NAMELESS:
        yield f"{name}: name it after what it holds"
    lines = text.count("\n")
    if lines > MAX_LINES:
        yield f"{name}: {lines} lines, {MAX_LINES} at the most"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in STARTERS and not name.startswith(JOBS):
            yield f"{name}:{node.lineno} start work with apps.core.jobs.enqueue, which no crash loses"
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield f"{name}:{node.lineno} {node.name}: {length} lines, {MAX_FUNCTION_LINES} at the most"
        if node.name == "ready":  # AppConfig.ready wires an app after all models are loaded: its imports belong there
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.ImportFrom) and (inner.module or "").split(".")[0] == "apps":
                yield f"{name}:{inner.lineno} {node.name}: imports {inner.module} inside a function"
