"""Form fields whose rule is a pure function of ``corelib``."""

from collections.abc import Callable
from typing import Any

from django import forms


class RuleField(forms.CharField):
    """A text input cleaned by ``rule``: it returns what to store, or raises ``ValueError`` with the sentence to show.

    The service applies the same rule, so an API or an import is held to it too; the form only shows all errors at
    once, and keeps what was typed.
    """

    def __init__(self, *, rule: Callable[[str], str], **kwargs: Any) -> None:
        """``rule`` is called for empty text too."""
        self.rule = rule
        super().__init__(strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        """Return what the rule makes of ``value``."""
        typed: str = super().clean(value)
        if not typed:
            return ""
        try:
            return self.rule(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error
