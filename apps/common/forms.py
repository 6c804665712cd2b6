"""How forms are drawn (``{{ form }}`` and ``{{ field.as_field_group }}`` give the site's own fields), and fields that
only read, because a service judges.
"""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class SiteFormRenderer(TemplatesSetting):
    form_template_name = "siteui/forms/form.html"
    field_template_name = "siteui/forms/field.html"


class ReadText(forms.CharField):
    """A text that a service judges. A form that refused it itself would hide what the service has to say about the
    other fields. ``required`` and ``max_length`` are for the person's browser only.
    """

    def clean(self, value: Any) -> str:
        return str(self.to_python(value))


class ReadChoice(forms.ChoiceField):
    """A choice that a service judges; see :class:`ReadText`."""

    def clean(self, value: Any) -> str:
        return str(self.to_python(value))
