"""The DeltaStore: the catalogue, what people want, what they order, and where it is sent."""

from apps.ecommerce.models.address import Address
from apps.ecommerce.models.cart import Cart, CartItem
from apps.ecommerce.models.coupon import Coupon, CouponUse
from apps.ecommerce.models.delivery import DigitalDelivery
from apps.ecommerce.models.grouping import Brand, Category
from apps.ecommerce.models.history import OrderEvent
from apps.ecommerce.models.loyalty import LoyaltyAccount, LoyaltyEntry, LoyaltyProgram, LoyaltyTier
from apps.ecommerce.models.order import Order, OrderItem
from apps.ecommerce.models.payment import Payment, PaymentProof, PayTo, Refund
from apps.ecommerce.models.policy import OrderPolicy
from apps.ecommerce.models.product import BundlePart, Product, ProductImage, Variant
from apps.ecommerce.models.reservation import Reservation
from apps.ecommerce.models.review import Review, ReviewReport
from apps.ecommerce.models.shipping import ShippingZone, ZoneDistrict
from apps.ecommerce.models.statement import Statement, StatementLine
from apps.ecommerce.models.wishes import StockAlert, Wish

__all__ = [
    "Address",
    "Brand",
    "BundlePart",
    "Cart",
    "CartItem",
    "Category",
    "Coupon",
    "CouponUse",
    "DigitalDelivery",
    "LoyaltyAccount",
    "LoyaltyEntry",
    "LoyaltyProgram",
    "LoyaltyTier",
    "Order",
    "OrderEvent",
    "OrderItem",
    "OrderPolicy",
    "PayTo",
    "Payment",
    "PaymentProof",
    "Product",
    "ProductImage",
    "Refund",
    "Reservation",
    "Review",
    "ReviewReport",
    "ShippingZone",
    "Statement",
    "StatementLine",
    "StockAlert",
    "Variant",
    "Wish",
    "ZoneDistrict",
]
