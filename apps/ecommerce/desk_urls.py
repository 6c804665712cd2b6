"""Addresses of the order desk. ``urls`` takes them in."""

from django.urls import path

from apps.ecommerce.views import desk, invoices, points, reviews

urlpatterns = [
    path("crownstore/desk/", desk.desk, name="desk"),
    path("crownstore/desk/bulk/", desk.desk_bulk, name="desk_bulk"),
    path("crownstore/desk/payments/", desk.desk_payments, name="desk_payments"),
    path("crownstore/desk/payments/<int:payment_id>/", desk.desk_payment, name="desk_payment"),
    path("crownstore/desk/payments/<int:payment_id>/claim/", desk.desk_claim, name="desk_claim"),
    path("crownstore/desk/payments/<int:payment_id>/verify/", desk.desk_verify, name="desk_verify"),
    path("crownstore/desk/payments/<int:payment_id>/reject/", desk.desk_reject, name="desk_reject"),
    path("crownstore/desk/statements/", desk.desk_statements, name="desk_statements"),
    path("crownstore/desk/statements/<int:statement_id>/", desk.desk_statement, name="desk_statement"),
    path("crownstore/desk/statements/<int:statement_id>/confirm/", desk.desk_confirm, name="desk_confirm"),
    path("crownstore/desk/statements/lines/<int:line_id>/", desk.desk_explain, name="desk_explain"),
    path("crownstore/desk/picking/", desk.desk_picking, name="desk_picking"),
    path("crownstore/desk/stock/", desk.desk_stock, name="desk_stock"),
    path("crownstore/desk/figures/", desk.desk_figures, name="desk_figures"),
    path("crownstore/desk/reviews/", desk.desk_reviews, name="desk_reviews"),
    path("crownstore/desk/reviews/<int:review_id>/", desk.desk_review, name="desk_review"),
    path("crownstore/desk/orders/<str:number>/", desk.desk_order, name="desk_order"),
    path("crownstore/desk/orders/<str:number>/step/", desk.desk_step, name="desk_step"),
    path("crownstore/desk/orders/<str:number>/cancel/", desk.desk_cancel, name="desk_cancel"),
    path("crownstore/desk/orders/<str:number>/return/", desk.desk_return, name="desk_return"),
    path("crownstore/desk/orders/<str:number>/refund/", desk.desk_refund, name="desk_refund"),
    path("crownstore/desk/orders/<str:number>/note/", desk.desk_note, name="desk_note"),
    path("crownstore/desk/orders/<str:number>/deliver/<int:item_id>/", desk.desk_deliver, name="desk_deliver"),
    path("crownstore/orders/<str:number>/invoice/", invoices.invoice, name="invoice"),
    path("crownstore/points/", points.points, name="points"),
    path("crownstore/points/redeem/", points.redeem_points, name="redeem_points"),
    path("crownstore/p/<slug:slug>/reviews/", reviews.product_reviews, name="product_reviews"),
    path("crownstore/p/<slug:slug>/reviews/write/", reviews.write_review, name="write_review"),
    path("crownstore/p/<slug:slug>/reviews/remove/", reviews.remove_review, name="remove_review"),
    path("crownstore/reviews/<int:review_id>/report/", reviews.report_review, name="report_review"),
]
