"""Filters for account pages and mails."""

from django import template

from apps.accounts.selectors import describe_browser

register = template.Library()
register.filter("browser", describe_browser)
