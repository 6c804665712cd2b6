"""How many mails a minute each mail domain gets, as one variable."""

REST = "*"
LARGEST = 100_000


def parse(text: str) -> dict[str, int]:
    """Return mails a minute by domain. Raises ``ValueError`` with what is wrong."""
    paces: dict[str, int] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        domain, sign, number = (piece.strip().lower() for piece in part.partition("="))
        if not sign or not domain or not number.isdecimal() or not 1 <= int(number) <= LARGEST:
            raise ValueError(f"holds {part!r}, which is not like gmail.com=60")
        paces[domain] = int(number)
    if REST not in paces:
        raise ValueError("has no pace for all other domains, like *=200")
    return paces
