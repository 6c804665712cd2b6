"""The refusal of a whole file."""

from apps.common.csv_files.columns import Problem


class FileRefused(ValueError):
    """That is no such table. ``problem`` says where and why; services turn it into their own refusal."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
