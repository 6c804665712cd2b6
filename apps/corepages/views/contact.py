"""The contact page, which opens a ticket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import rate_limit
from apps.core.errors import RateLimited
from apps.support.forms import ContactForm
from apps.support.services import open_ticket


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Show the form; take the question. A refusal keeps what was typed."""
    form = ContactForm(request.POST or None, sender=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        if form.is_from_a_program:
            return redirect("corepages:contact_sent")
        fields = {key: value for key, value in form.cleaned_data.items() if key != "website"}
        try:
            ticket = open_ticket(actor=request.user, origin=rate_limit.ip_key(request), **fields)
        except RateLimited as refusal:
            form.add_error(None, refusal.message)
            status = 429
        else:
            request.session["contact_reference"] = ticket.reference
            return redirect("corepages:contact_sent")
    return render(request, "corepages/contact.html", {"form": form}, status=status)


@require_safe
def contact_sent(request: HttpRequest) -> HttpResponse:
    """Say that the question arrived, with the reference to quote."""
    reference = request.session.get("contact_reference", "")
    return render(request, "corepages/contact_sent.html", {"reference": reference})
