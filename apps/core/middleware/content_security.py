"""The content security policy, with the admin's exception."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse


class ContentSecurityMiddleware(CSPMiddleware):
    """Sends one strict policy everywhere and a wider one on the admin, whose theme evaluates expressions."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.replace is None and request.path_info.startswith(_admin_prefix()):
            parts.replace = settings.ADMIN_CONTENT_SECURITY_POLICY
        return parts


def _admin_prefix() -> str:
    try:
        return reverse("admin:index")
    except NoReverseMatch:
        return "/admin/"
