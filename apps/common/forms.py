"""How forms are drawn: ``{{ form }}`` and ``{{ field.as_field_group }}`` give the site's own fields."""

from django.forms.renderers import TemplatesSetting


class SiteFormRenderer(TemplatesSetting):
    form_template_name = "siteui/forms/form.html"
    field_template_name = "siteui/forms/field.html"
