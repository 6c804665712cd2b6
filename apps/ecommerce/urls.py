"""URLs of the store."""

from django.urls import path

from apps.ecommerce import api, api_cart, api_orders, desk_urls, views

app_name = "ecommerce"

urlpatterns = [
    *desk_urls.urlpatterns,
    path("crownstore/", views.store, name="store"),
    path("crownstore/wishlist/", views.wishlist, name="wishlist"),
    path("crownstore/p/<slug:slug>/", views.product, name="product"),
    path("crownstore/wish/<int:product_id>/", views.wish, name="wish"),
    path("crownstore/alert/<int:variant_id>/", views.alert, name="alert"),
    path("crownstore/cart/", views.cart, name="cart"),
    path("crownstore/cart/add/<int:variant_id>/", views.add_to_cart, name="add_to_cart"),
    path("crownstore/cart/<int:variant_id>/", views.change_cart, name="change_cart"),
    path("crownstore/checkout/", views.checkout, name="checkout"),
    path("crownstore/checkout/review/", views.review, name="review"),
    path("crownstore/orders/", views.orders, name="orders"),
    path("crownstore/orders/<str:number>/", views.order, name="order"),
    path("crownstore/orders/<str:number>/payment/", views.tell_payment, name="tell_payment"),
    path("crownstore/orders/<str:number>/payment/choose/", views.choose_payment, name="choose_payment"),
    path("crownstore/orders/<str:number>/payment/<int:payment_id>/proof/", views.payment_proof, name="payment_proof"),
    path("crownstore/orders/<str:number>/paypal/", views.start_paypal, name="start_paypal"),
    path("crownstore/orders/<str:number>/paypal/back/", views.finish_paypal, name="finish_paypal"),
    path("crownstore/orders/<str:number>/cancel/", views.cancel_order, name="cancel_order"),
    path("crownstore/orders/<str:number>/received/", views.received, name="received"),
    path("me/addresses/", views.addresses, name="addresses"),
    path("me/addresses/add/", views.add_address, name="add_address"),
    path("me/addresses/<int:address_id>/", views.edit_address, name="edit_address"),
    path("me/addresses/<int:address_id>/choose/", views.choose_address, name="choose_address"),
    path("me/addresses/<int:address_id>/remove/", views.remove_address, name="remove_address"),
    path("api/v1/store/products/", api.ProductList.as_view(), name="api_products"),
    path("api/v1/store/products/<slug:slug>/", api.ProductDetail.as_view(), name="api_product"),
    path("api/v1/store/wishlist/", api.Wishlist.as_view(), name="api_wishlist"),
    path("api/v1/store/wishlist/<int:product_id>/", api.WishDetail.as_view(), name="api_wish"),
    path("api/v1/store/cart/", api_cart.CartDetail.as_view(), name="api_cart"),
    path("api/v1/store/cart/<int:variant_id>/", api_cart.CartLineDetail.as_view(), name="api_cart_line"),
    path("api/v1/store/quote/", api_cart.QuoteDetail.as_view(), name="api_quote"),
    path("api/v1/store/orders/", api_orders.OrderList.as_view(), name="api_orders"),
    path("api/v1/store/orders/<str:number>/", api_orders.OrderDetail.as_view(), name="api_order"),
    path("api/v1/store/orders/<str:number>/cancel/", api_orders.CancelOrder.as_view(), name="api_cancel_order"),
    path("api/v1/store/orders/<str:number>/payment/", api_orders.TellPayment.as_view(), name="api_tell_payment"),
    path("api/v1/store/alerts/<int:variant_id>/", api.AlertDetail.as_view(), name="api_alert"),
]
