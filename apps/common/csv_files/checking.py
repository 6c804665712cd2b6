"""What no cell of any table may be."""

from apps.common.csv_files.columns import Column, quoted

# What a spreadsheet program shows when it has no value to show.
_NO_VALUES = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "###")


def check_cell(column: Column, cell: str) -> str:
    """Return what is wrong with the cell whatever it means, or nothing."""
    if not cell:
        return "This cell is empty." if column.required and not column.may_be_empty else ""
    if len(cell) > column.max_length:
        return f"{quoted(cell)} has {len(cell):,} characters; {column.max_length:,} are the limit."
    if cell.startswith("="):
        return f"{quoted(cell)} is a formula. Put its value there."
    if cell.startswith(_NO_VALUES):
        return f"{quoted(cell)} is a spreadsheet's word for no value."
    if not cell.isprintable():
        what = "a line break" if {"\n", "\r"} & set(cell) else "an invisible character"
        return f"There is {what} in the cell."
    return ""
