"""/crownstore/desk/payments/ and statements/: what buyers told, beside what came."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.ecommerce import permissions
from apps.ecommerce.desk_forms import ReasonForm, StatementForm
from apps.ecommerce.selectors import payment_queue as selectors
from apps.ecommerce.selectors import statements as statement_selectors
from apps.ecommerce.services import payments, statements
from apps.ecommerce.views.desk.entry import at_desk, render_desk
from apps.ecommerce.views.refusals import show_as_message, show_in_form
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 40


@require_safe
@at_desk(permissions.check_process_orders)
def desk_payments(request: SignedInRequest) -> HttpResponse:
    """List the payments that wait for somebody to look, the oldest first."""
    page = keyset_page(
        selectors.queue(), order=("submitted_at", "pk"), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    rows = [(payment, selectors.is_claimed(payment, request.user)) for payment in page.rows]
    context = {
        "rows": rows,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render_desk(request, "desk_payments", context)


@require_safe
@at_desk(permissions.check_process_orders)
def desk_payment(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """One payment: what was told, the screenshot, doubles, and lines that may be it."""
    return _show(request, payment_id, ReasonForm())


@require_POST
@at_desk(permissions.check_process_orders)
def desk_claim(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """Take a payment, so that nobody else looks at it for a quarter of an hour."""
    try:
        payments.claim(actor=request.user, payment_id=payment_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    return redirect("ecommerce:desk_payment", payment_id=payment_id)


@require_POST
@at_desk(permissions.check_process_orders)
def desk_verify(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """The money is there; with ``line``, it is that line of a statement."""
    line = request.POST.get("line", "")
    try:
        if line.isdecimal() and len(line) < 10:
            statements.confirm_match(actor=request.user, line_id=int(line), payment_id=payment_id)
        else:
            payments.verify(actor=request.user, payment_id=payment_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("ecommerce:desk_payment", payment_id=payment_id)
    messages.success(request, "Received. The buyer is told.")
    return redirect("ecommerce:desk_payments")


@require_POST
@at_desk(permissions.check_process_orders)
def desk_reject(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """The money is not there. The buyer reads why and has a second try."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            payments.reject(actor=request.user, payment_id=payment_id, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "The buyer reads why, and has a second try.")
            return redirect("ecommerce:desk_payments")
    return _show(request, payment_id, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(permissions.check_process_orders)
def desk_statements(request: SignedInRequest) -> HttpResponse:
    """Bring a statement, and see what is open: money without an order, orders without money."""
    form = StatementForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = statements.bring_statement(
                actor=request.user, provider=form.cleaned_data["provider"], name=file.name, file=file
            )
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            return redirect("ecommerce:desk_statement", statement_id=found.pk)
    context = {
        "form": form,
        "statements": statement_selectors.statements()[:20],
        "lines": statement_selectors.open_lines()[:PAGE_SIZE],
        "unseen": statement_selectors.unseen_payments()[:PAGE_SIZE],
    }
    return render_desk(request, "desk_statements", context, status=422 if form.errors else 200)


@require_safe
@at_desk(permissions.check_process_orders)
def desk_statement(request: SignedInRequest, statement_id: int) -> HttpResponse:
    """One statement: what belongs together, to be confirmed at once, and what belongs to nothing."""
    statement = statement_selectors.statement(statement_id)
    still_open = list(statement.lines.filter(payment=None, note="").order_by("number")[: statement_selectors.OPEN_ENDS])
    matches = statement_selectors.matches(still_open)
    matched = {match.line.pk for match in matches}
    context = {
        "statement": statement,
        "matches": matches,
        "left_over": [line for line in still_open if line.pk not in matched],
        "settled": statement.lines.exclude(payment=None).select_related("payment__order").order_by("number")[:100],
    }
    return render_desk(request, "desk_statement", context)


@require_POST
@at_desk(permissions.check_process_orders)
def desk_confirm(request: SignedInRequest, statement_id: int) -> HttpResponse:
    """Confirm the chosen pairs, each for itself."""
    pairs = [pair for chosen in request.POST.getlist("pair")[:500] if (pair := _pair(chosen))]
    done = statements.confirm_matches(actor=request.user, pairs=pairs)
    if good := sum(1 for outcome in done if not outcome.refusal):
        messages.success(request, f"{good} received. The buyers are told.")
    for outcome in done:
        if outcome.refusal:
            messages.error(request, outcome.refusal)
    if not done:
        messages.info(request, "Nothing was chosen.")
    return redirect("ecommerce:desk_statement", statement_id=statement_id)


@require_POST
@at_desk(permissions.check_process_orders)
def desk_explain(request: SignedInRequest, line_id: int) -> HttpResponse:
    """Say why no order belongs to money that came."""
    try:
        line = statements.explain_line(actor=request.user, line_id=line_id, note=request.POST.get("note", ""))
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("ecommerce:desk_statements")
    messages.success(request, "Noted.")
    return redirect("ecommerce:desk_statement", statement_id=line.statement_id)


def _pair(chosen: str) -> tuple[int, int] | None:
    line, _, payment = chosen.partition("-")
    numbers = [part for part in (line, payment) if part.isascii() and part.isdecimal() and len(part) < 10]
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else None


def _show(request: SignedInRequest, payment_id: int, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    page = selectors.payment_page(request.user, payment_id)
    return render_desk(request, "desk_payment", {"page": page, "payment": page.payment, "form": form}, status=status)
