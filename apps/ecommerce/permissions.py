"""Who may see and do what in the store: the rule once, as a refusal with its sentence, as a boolean, as a queryset."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet

from apps.accounts.groups import MODERATOR, STORE_MANAGER, SUPPORT_AGENT
from apps.accounts.models import User
from apps.core.errors import NotFound, PermissionRefused
from apps.ecommerce.constants import DELIVERED_STATUSES, OPEN_STATUSES, PaymentState, Status
from apps.ecommerce.models import Order, OrderItem, Payment, Product, Review

Viewer = User | AnonymousUser
CHANGE = "ecommerce.change_product"
PUBLISH = "ecommerce.publish_product"
STOCK = "ecommerce.change_stock"
SHIPPING = "ecommerce.change_shippingzone"
COUPONS = "ecommerce.change_coupon"
LOYALTY = "ecommerce.change_loyaltyprogram"
REVIEWS = "ecommerce.moderate_review"
PROCESS = "ecommerce.process_order"
REFUND = "ecommerce.refund_order"
PAY_TO = "ecommerce.change_payto"
VIEW_ORDERS = "ecommerce.view_order"
ORDER_POLICY = "ecommerce.change_orderpolicy"
BUYER_CANCELS = (Status.PENDING, Status.CONFIRMED)


def _is_staff_with(actor: Viewer, permission: str) -> bool:
    return bool(actor.is_active and actor.is_staff and actor.has_perm(permission))


def can_change_catalogue(actor: Viewer) -> bool:
    """Staff who keep the catalogue: products, variants, pictures, shelves and brands."""
    return _is_staff_with(actor, CHANGE)


def check_change_catalogue(actor: Viewer) -> None:
    if not can_change_catalogue(actor):
        raise PermissionRefused("Only staff who keep the store's catalogue can do this.")


def can_publish(actor: Viewer) -> bool:
    return _is_staff_with(actor, PUBLISH)


def check_publish(actor: Viewer) -> None:
    if not can_publish(actor):
        raise PermissionRefused("Only staff who may publish products can do this.")


def can_change_stock(actor: Viewer) -> bool:
    return _is_staff_with(actor, STOCK)


def check_change_stock(actor: Viewer) -> None:
    if not can_change_stock(actor):
        raise PermissionRefused("Only staff who may change stock can do this.")


def products_seen_by(viewer: Viewer) -> QuerySet[Product]:
    """What the lists show: what is published; to visitors not what is for members."""
    products = Product.objects.filter(is_published=True)
    return products if viewer.is_authenticated else products.filter(member_only=False)


def product_seen_by(viewer: Viewer, slug: str) -> Product:
    """Return a product for its page. Staff who keep the catalogue also see what is not published yet.

    Raises:
        NotFound: There is none, or it is not published.
        PermissionRefused: It is for members, and the viewer is not logged in.
    """
    product = Product.objects.filter(slug=slug).select_related("category", "brand").first()
    if product is None or not (product.is_published or can_change_catalogue(viewer)):
        raise NotFound("There is no such product in the store.")
    if product.member_only and not viewer.is_authenticated:
        raise PermissionRefused("This product is for members. Log in or sign up, and you see it.")
    return product


def check_wish(actor: Viewer, product: Product) -> None:
    """Whoever sees a product in the lists may want it."""
    if not actor.is_authenticated or not actor.is_active:
        raise PermissionRefused("Log in to keep a wishlist.")
    if not product.is_published:
        raise NotFound("There is no such product in the store.")


def check_keep_addresses(actor: Viewer) -> None:
    if not actor.is_authenticated or not actor.is_active:
        raise PermissionRefused("Log in to keep addresses.")


def can_change_shipping(actor: Viewer) -> bool:
    return _is_staff_with(actor, SHIPPING)


def check_change_shipping(actor: Viewer) -> None:
    if not can_change_shipping(actor):
        raise PermissionRefused("Only staff who may change shipping zones can do this.")


def can_change_coupons(actor: Viewer) -> bool:
    return _is_staff_with(actor, COUPONS)


def check_change_coupons(actor: Viewer) -> None:
    if not can_change_coupons(actor):
        raise PermissionRefused("Only staff who keep coupons can do this.")


def can_change_loyalty(actor: Viewer) -> bool:
    return _is_staff_with(actor, LOYALTY)


def check_change_loyalty(actor: Viewer) -> None:
    if not can_change_loyalty(actor):
        raise PermissionRefused("Only staff who keep the loyalty programme can do this.")


def bought(viewer: Viewer, product: Product) -> OrderItem | None:
    """Return the latest line of the viewer's with this product that was delivered and not given back, or None."""
    if not viewer.is_authenticated or not viewer.is_active:
        return None
    mine = OrderItem.objects.filter(product=product, order__user=viewer.pk, order__status__in=DELIVERED_STATUSES)
    kept = mine.filter(quantity__gt=F("cancelled_quantity") + F("returned_quantity"))
    return kept.order_by("-pk").first()


def check_review(actor: Viewer, product: Product) -> OrderItem:
    """Only who has it says what it is like. Returns what they bought."""
    item = bought(actor, product)
    if item is None:
        raise PermissionRefused("Only who bought it, and got it, can review it.")
    return item


def can_moderate_reviews(actor: Viewer) -> bool:
    return _is_staff_with(actor, REVIEWS)


def check_moderate_reviews(actor: Viewer) -> None:
    if not can_moderate_reviews(actor):
        raise PermissionRefused("Only staff who moderate reviews can do this.")


def check_moderate_review(actor: Viewer, review: Review) -> None:
    check_moderate_reviews(actor)
    if review.user_id == actor.pk:
        raise PermissionRefused("It is your own review. Somebody else has to decide about it.")


def check_report_review(actor: Viewer) -> None:
    if not actor.is_authenticated or not actor.is_active:
        raise PermissionRefused("Log in to report a review.")


def can_process_orders(actor: Viewer) -> bool:
    """Staff who confirm, pack and send orders, and look whether money came."""
    return _is_staff_with(actor, PROCESS)


def check_process_orders(actor: Viewer) -> None:
    if not can_process_orders(actor):
        raise PermissionRefused("Only staff who process orders can do this.")


def can_refund_orders(actor: Viewer) -> bool:
    return _is_staff_with(actor, REFUND)


def check_refund_orders(actor: Viewer) -> None:
    if not can_refund_orders(actor):
        raise PermissionRefused("Only staff who may refund orders can do this.")


def can_change_pay_to(actor: Viewer) -> bool:
    """Staff who say where buyers send their money: the most dangerous right of the shop."""
    return _is_staff_with(actor, PAY_TO)


def check_change_pay_to(actor: Viewer) -> None:
    if not can_change_pay_to(actor):
        raise PermissionRefused("Only staff who may change where money is sent can do this.")


def can_change_order_policy(actor: Viewer) -> bool:
    return _is_staff_with(actor, ORDER_POLICY)


def check_change_order_policy(actor: Viewer) -> None:
    if not can_change_order_policy(actor):
        raise PermissionRefused("Only staff who may change what holds for all orders can do this.")


def can_see_orders(actor: Viewer) -> bool:
    """Staff who may read everybody's orders."""
    return any(_is_staff_with(actor, permission) for permission in (PROCESS, REFUND, VIEW_ORDERS))


def check_see_orders(actor: Viewer) -> None:
    if not can_see_orders(actor):
        raise PermissionRefused("Only staff of the order desk can do this.")


def check_buy(actor: Viewer) -> None:
    """Orders belong to an account: what is bought with coins, told, claimed and given back needs its owner."""
    if not actor.is_authenticated or not actor.is_active:
        raise PermissionRefused("Log in or sign up to place an order. Your cart stays as it is.")


def orders_seen_by(viewer: Viewer) -> QuerySet[Order]:
    """A member's own orders; everybody's for staff of the order desk."""
    if can_see_orders(viewer):
        return Order.objects.all()
    return Order.objects.filter(user=viewer.pk) if viewer.is_authenticated else Order.objects.none()


def check_buyer(actor: Viewer, order: Order) -> None:
    """What only the buyer does: tell a TrxID, choose how to pay, say that the parcel is there."""
    if not actor.is_active or order.user_id != actor.pk:
        raise NotFound("There is no such order of yours.")


def is_buyer(actor: Viewer, order: Order) -> bool:
    return bool(actor.is_active and order.user_id == actor.pk)


def check_money_of(actor: Viewer, order: Order) -> None:
    """Whether the money of one's own order came or went back is for somebody else to say.

    A superuser may, so that one person can run a shop alone; the audit trail keeps it.
    """
    if is_buyer(actor, order) and not actor.is_superuser:
        raise PermissionRefused("It is your own order. Somebody else has to look at its money.")


def can_cancel(actor: Viewer, order: Order) -> bool:
    """The buyer until it is packed; staff until it has arrived."""
    if can_process_orders(actor):
        return order.status in OPEN_STATUSES
    return is_buyer(actor, order) and order.status in BUYER_CANCELS


def check_cancel(actor: Viewer, order: Order) -> None:
    if can_process_orders(actor):
        return
    check_buyer(actor, order)
    if order.status not in (*BUYER_CANCELS, Status.CANCELLED):  # cancelled twice is cancelled once
        raise PermissionRefused("It is too late to cancel this here. Write to support, and we see what can be done.")


def deletion_blockers(user: User) -> list[str]:
    """An account with an open order, a payment that is being checked, or money that we owe it, waits for that."""
    mine = Order.objects.filter(user=user)
    owed = Q(paid_poisha__gt=F("refunded_poisha") + F("total_poisha") - F("waived_poisha"))
    checked = Q(pk__in=Payment.objects.filter(order__user=user, state=PaymentState.SUBMITTED).values("order"))
    waiting = mine.filter(Q(status__in=OPEN_STATUSES) | owed | checked).values_list("number", flat=True).first()
    return [f"Order {waiting} is not finished. Cancel it, or wait until it is there."] if waiting else []


def staff_groups() -> dict[str, tuple[str, ...]]:
    """Return what the groups of staff may do in the store."""
    named = ("product", "category", "brand", "variant", "productimage", "bundlepart")
    kept = ("coupon", "shippingzone", "loyaltyprogram", "payto", *named)
    catalogue = tuple(f"ecommerce.{act}_{model}" for model in kept for act in ("view", "add", "change"))
    return {
        STORE_MANAGER: (*catalogue, PUBLISH, STOCK, PROCESS, REFUND, VIEW_ORDERS, REVIEWS, ORDER_POLICY),
        SUPPORT_AGENT: (VIEW_ORDERS,),
        MODERATOR: (REVIEWS, "ecommerce.view_review"),
    }
