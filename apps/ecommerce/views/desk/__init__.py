"""The order desk: pages of staff, made for a phone beside the shelves as well (ADR 13)."""

from apps.ecommerce.views.desk.counting import desk_figures, desk_picking, desk_stock
from apps.ecommerce.views.desk.orders import (
    desk,
    desk_bulk,
    desk_cancel,
    desk_deliver,
    desk_note,
    desk_order,
    desk_refund,
    desk_return,
    desk_step,
)
from apps.ecommerce.views.desk.payments import (
    desk_claim,
    desk_confirm,
    desk_explain,
    desk_payment,
    desk_payments,
    desk_reject,
    desk_statement,
    desk_statements,
    desk_verify,
)
from apps.ecommerce.views.desk.reviews import desk_review, desk_reviews

__all__ = [
    "desk",
    "desk_bulk",
    "desk_cancel",
    "desk_claim",
    "desk_confirm",
    "desk_deliver",
    "desk_explain",
    "desk_figures",
    "desk_note",
    "desk_order",
    "desk_payment",
    "desk_payments",
    "desk_picking",
    "desk_refund",
    "desk_reject",
    "desk_return",
    "desk_review",
    "desk_reviews",
    "desk_statement",
    "desk_statements",
    "desk_step",
    "desk_stock",
    "desk_verify",
]
