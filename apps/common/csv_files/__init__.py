"""Tables that people prepare in a spreadsheet program: read line by line, refused with a place and a reason.

``read`` yields rows and never holds more than one of them. What is wrong with the file as a whole raises
``FileRefused``; what is wrong with a row stands in the row, so that a person sees all of it at once.
"""

from apps.common.csv_files.columns import Column, Problem
from apps.common.csv_files.errors import FileRefused
from apps.common.csv_files.reading import Row, read
from apps.common.csv_files.writing import plain

__all__ = ["Column", "FileRefused", "Problem", "Row", "plain", "read"]
