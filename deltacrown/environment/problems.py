"""What is wrong with an environment, said once, for a person."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Problem:
    """One variable that is wrong. ``reason`` continues the sentence that the name starts and holds no value."""

    variable: str
    reason: str
    example: str = ""


class ImproperEnvironment(ImproperlyConfigured):
    """The platform cannot start with this environment. The message lists every problem."""

    def __init__(self, environment: str, problems: list[Problem]) -> None:
        self.problems = problems
        width = max(len(problem.variable) for problem in problems)
        lines = []
        for problem in problems:
            lines.append(f"  {problem.variable:<{width}}  {problem.reason}")
            if problem.example:
                lines.append(f"  {'':<{width}}  Example: {problem.variable}={problem.example}")
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            f"DeltaCrown cannot start: {count} in its {environment} environment.\n\n"
            + "\n".join(lines)
            + "\n\nNothing was changed. docs/configuration.md explains every variable."
        )
