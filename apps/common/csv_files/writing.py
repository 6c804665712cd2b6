"""Cells as spreadsheet programs may open them."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Keep a spreadsheet program from taking a text for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
