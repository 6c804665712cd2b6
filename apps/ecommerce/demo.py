"""A store to look around in: two dozen things on seven shelves, some rare, some sold out. Artwork is drawn."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.ecommerce.models import Brand, Category, Product, Variant
from apps.ecommerce.services import catalogue, variants, wishes

SHELVES = (
    ("Jerseys & wear", "wear", "jersey"),
    ("Gear", "gear", "mouse"),
    ("Desk & wall", "desk", "pad"),
    ("Top-ups", "top-ups", "voucher"),
    ("Coaching", "coaching", "coaching"),
    ("Passes", "passes", "pass"),
    ("Bundles", "bundles", "box"),
)
BRANDS = ("DeltaCrown", "Meghna Works", "Sundarban Gear")
SIZES = "S:12 M:20 L:14 XL:0"


@dataclass(frozen=True)
class Ware:
    """``variants`` are ``label:stock``, "-" for a stock that is not counted; ``+n`` adds n taka to the price."""

    name: str
    shelf: str
    kind: str
    summary: str
    taka: int | None
    coins: int | None = None
    rarity: str = "common"
    variants: str = "Standard:25"
    brand: str = "DeltaCrown"
    game: str = ""
    motif: str = ""
    edition: int | None = None
    member_only: bool = False
    about: str = ""


WARES = (
    Ware(
        "Season 3 jersey",
        "wear",
        "physical",
        "Breathable knit with the delta on the chest.",
        1450,
        2900,
        "rare",
        SIZES,
        about="Knitted in Narayanganj. Your gamer tag can be pressed on the back.\n\nWash cold, dry in the shade.",
    ),
    Ware(
        "Dhaka Wolves away jersey",
        "wear",
        "physical",
        "What the Wolves wear when they travel.",
        1650,
        None,
        "epic",
        SIZES,
        game="valorant",
    ),
    Ware(
        "Crown hoodie",
        "wear",
        "physical",
        "Heavy fleece for January nights.",
        2250,
        4500,
        "uncommon",
        "M:9 L:4 XL:2",
        motif="hoodie",
    ),
    Ware(
        "Champions jersey 2026",
        "wear",
        "physical",
        "Numbered, with the names of the Dhaka Open's winners.",
        3200,
        None,
        "mythic",
        "M:3 L:0",
        edition=60,
    ),
    Ware(
        "Rickshaw art cap",
        "wear",
        "physical",
        "Embroidered by hand in Old Dhaka.",
        750,
        1500,
        "uncommon",
        "One size:30",
        motif="cap",
    ),
    Ware(
        "Padma mouse",
        "gear",
        "physical",
        "59 grams, six buttons, braided cable.",
        3490,
        None,
        "rare",
        "Black:8 White:0",
        "Sundarban Gear",
    ),
    Ware(
        "Sundarban headset",
        "gear",
        "physical",
        "Closed back, a microphone that leaves the fan out.",
        4990,
        None,
        "epic",
        "Standard:5",
        "Sundarban Gear",
        motif="headset",
    ),
    Ware(
        "Meghna keycaps",
        "gear",
        "physical",
        "Bangla and English legends, PBT, 128 keys.",
        2890,
        6000,
        "rare",
        "Monsoon:7 Paddy:11",
        "Meghna Works",
        motif="keys",
    ),
    Ware(
        "Thumb sleeves",
        "gear",
        "physical",
        "Silver thread, two pairs, for long evenings.",
        220,
        440,
        "common",
        "Two pairs:140",
        "Meghna Works",
        game="pubgm",
        motif="sticker",
    ),
    Ware(
        "River delta mouse pad",
        "desk",
        "physical",
        "90 × 40 cm, the map of the delta in thread.",
        890,
        1800,
        "uncommon",
        "90 × 40:40 45 × 40:22",
    ),
    Ware(
        "Crown line mouse pad",
        "desk",
        "physical",
        "Black on black; the crown shows in the light.",
        990,
        None,
        "rare",
        "90 × 40:3",
    ),
    Ware(
        "Tea stall mug",
        "desk",
        "physical",
        "350 ml. For tea of any sort.",
        420,
        840,
        "common",
        "Standard:60",
        motif="mug",
    ),
    Ware(
        "Dhaka Open poster",
        "desk",
        "physical",
        "A2, screen-printed, signed by the artist.",
        1200,
        2400,
        "epic",
        "A2:0",
        edition=100,
        motif="poster",
    ),
    Ware(
        "Sticker sheet",
        "desk",
        "physical",
        "Nine games, nine marks, one crown.",
        120,
        200,
        "common",
        "Sheet:300",
        motif="sticker",
    ),
    Ware(
        "Free Fire diamonds",
        "top-ups",
        "digital",
        "Sent to your Free Fire ID within minutes.",
        95,
        None,
        "common",
        "100:- 310+190:- 520+380:-",
        game="freefire",
    ),
    Ware(
        "PUBG Mobile UC",
        "top-ups",
        "digital",
        "Sent to your PUBG Mobile ID.",
        115,
        None,
        "common",
        "60:- 325+460:- 660+1000:-",
        game="pubgm",
    ),
    Ware(
        "Mobile Legends diamonds",
        "top-ups",
        "digital",
        "Sent to your ID and server.",
        130,
        None,
        "common",
        "86:- 172+130:- 257+260:-",
        game="mlbb",
    ),
    Ware(
        "Profile frame: Monsoon",
        "top-ups",
        "digital",
        "Rain around your avatar.",
        None,
        600,
        "rare",
        "Standard:-",
        motif="sticker",
        member_only=True,
    ),
    Ware(
        "Aim coaching",
        "coaching",
        "subscription",
        "Four evenings a month with a coach, in Bangla.",
        2400,
        None,
        "rare",
        "One month:12 Three months+4200:6",
        game="valorant",
    ),
    Ware(
        "Demo review",
        "coaching",
        "digital",
        "Send a recording, get forty minutes of notes.",
        650,
        1300,
        "uncommon",
        "One recording:20",
        game="cs2",
    ),
    Ware(
        "Team review, monthly",
        "coaching",
        "subscription",
        "A coach looks at four of your scrims.",
        5200,
        None,
        "epic",
        "One month:4",
        game="mlbb",
    ),
    Ware(
        "Season pass",
        "passes",
        "subscription",
        "Every open cup of a season, no entry fee.",
        900,
        1800,
        "legendary",
        "Season 4:-",
        member_only=True,
    ),
    Ware(
        "Starter bundle",
        "bundles",
        "bundle",
        "Mouse pad, thumb sleeves and stickers.",
        1090,
        2200,
        "uncommon",
        "Standard:15",
    ),
    Ware(
        "Crown bundle",
        "bundles",
        "bundle",
        "Season 3 jersey, crown mouse pad and mug.",
        2490,
        None,
        "legendary",
        "Jersey in M:6",
        edition=50,
    ),
)
BUNDLES = {
    "Starter bundle": (
        ("River delta mouse pad", "45 × 40", 1),
        ("Thumb sleeves", "Two pairs", 1),
        ("Sticker sheet", "Sheet", 2),
    ),
    "Crown bundle": (
        ("Season 3 jersey", "M", 1),
        ("Crown line mouse pad", "90 × 40", 1),
        ("Tea stall mug", "Standard", 1),
    ),
}


def load() -> str:
    """Fill the shelves once, through the services."""
    nadia = User.objects.filter(username="nadia", is_superuser=True).first()
    if nadia is None:
        return "no staff, no store"
    for position, (name, slug, motif) in enumerate(SHELVES):
        Category.objects.get_or_create(slug=slug, defaults={"name": name, "motif": motif, "position": position})
    for name in BRANDS:
        Brand.objects.get_or_create(name=name, defaults={"slug": name.lower().replace(" ", "-")})
    made = sum(_stock(nadia, number, ware) for number, ware in enumerate(WARES, 1))
    rafi = User.objects.filter(username="rafi").first()
    if made and rafi:
        for product in Product.objects.filter(rarity="epic", is_published=True):
            wishes.add_wish(actor=rafi, product_id=product.pk)
        wishes.ask_alert(actor=rafi, variant_id=Variant.objects.get(product__name="Dhaka Open poster").pk)
    return f"{Product.objects.count()} products"


def _stock(actor: User, number: int, ware: Ware) -> bool:
    """Put one thing on its shelf. Return whether it was not there."""
    if Product.objects.filter(name=ware.name).exists():
        return False
    product = catalogue.create_product(
        actor=actor,
        name=ware.name,
        kind=ware.kind,
        category=Category.objects.get(slug=ware.shelf),
        brand=Brand.objects.get(name=ware.brand),
        game=ware.game,
        summary=ware.summary,
        description=ware.about,
        rarity=ware.rarity,
        price_poisha=ware.taka * 100 if ware.taka else None,
        price_coins=ware.coins,
        edition=ware.edition,
        motif=ware.motif,
        member_only=ware.member_only,
    )
    for position, word in enumerate(_words(ware.variants)):
        label, _, stock = word.rpartition(":")
        label, _, more = label.partition("+")
        variants.add_variant(
            actor=actor,
            product_id=product.pk,
            label=label,
            sku=f"DC-{number:03}-{position + 1}",
            stock=None if stock == "-" else int(stock),
            price_poisha=(ware.taka + int(more)) * 100 if more and ware.taka else None,
            position=position,
        )
    for name, label, quantity in BUNDLES.get(ware.name, ()):
        variant = Variant.objects.get(product__name=name, label=label)
        variants.put_into_bundle(actor=actor, bundle_id=product.pk, variant_id=variant.pk, quantity=quantity)
    catalogue.publish_product(actor=actor, product_id=product.pk)
    return True


def _words(variants: str) -> list[str]:
    """Split where a stock ends: labels have spaces."""
    words, word = [], ""
    for piece in variants.split(" "):
        word = f"{word} {piece}".strip()
        if ":" in piece:
            words.append(word)
            word = ""
    return words
