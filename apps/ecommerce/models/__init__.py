"""The DeltaStore: the catalogue, what people want, and what they order."""

from apps.ecommerce.models.cart import Cart, CartItem
from apps.ecommerce.models.grouping import Brand, Category
from apps.ecommerce.models.history import OrderEvent
from apps.ecommerce.models.order import Order, OrderItem
from apps.ecommerce.models.payment import Payment, PaymentProof, PayTo, Refund
from apps.ecommerce.models.product import BundlePart, Product, ProductImage, Variant
from apps.ecommerce.models.reservation import Reservation
from apps.ecommerce.models.wishes import StockAlert, Wish

__all__ = [
    "Brand",
    "BundlePart",
    "Cart",
    "CartItem",
    "Category",
    "Order",
    "OrderEvent",
    "OrderItem",
    "PayTo",
    "Payment",
    "PaymentProof",
    "Product",
    "ProductImage",
    "Refund",
    "Reservation",
    "StockAlert",
    "Variant",
    "Wish",
]
