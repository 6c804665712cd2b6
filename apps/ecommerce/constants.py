"""The words of the store: kinds, rarities, orders of the list and limits."""

from django.db.models import TextChoices

LARGEST_PRICE_POISHA = 100_000_000  # ৳10,00,000; a typing error of more digits than this is no price
LARGEST_PRICE_COINS = 10_000_000
LARGEST_STOCK = 1_000_000
WISHES = 200  # of one person
ALERTS = 100  # open ones of one person
IMAGES = 8  # of one product
RELATED = 4


class Kind(TextChoices):
    PHYSICAL = "physical", "Sent by courier"
    DIGITAL = "digital", "Digital"
    SUBSCRIPTION = "subscription", "Subscription"
    BUNDLE = "bundle", "Bundle"


class Rarity(TextChoices):
    COMMON = "common", "Common"
    UNCOMMON = "uncommon", "Uncommon"
    RARE = "rare", "Rare"
    EPIC = "epic", "Epic"
    LEGENDARY = "legendary", "Legendary"
    MYTHIC = "mythic", "Mythic"


class Sort(TextChoices):
    NEWEST = "newest", "Newest"
    CHEAPEST = "cheapest", "Lowest price"
    DEAREST = "dearest", "Highest price"
    NAME = "name", "Name"


# Fields of keyset_page: together unique and never null, each with an index that serves it.
SORT_ORDERS = {
    Sort.NEWEST: ("-published_at", "-pk"),
    Sort.CHEAPEST: ("list_price", "pk"),
    Sort.DEAREST: ("-list_price", "-pk"),
    Sort.NAME: ("name", "pk"),
}
