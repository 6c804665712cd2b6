"""Says whether an address lies in the public internet. Whoever names a host also controls what it resolves to."""

import ipaddress

from apps.notifications.errors import NotDelivered

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Public by the registries, and still not where a service of the internet lives.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # relays of 6to4, RFC 7526
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments, among them Teredo, RFC 2928
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
    )
)
_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # RFC 3056


def check(addresses: list[str]) -> str:
    """Return the address to connect to: the first, if every one of them is public.

    One that is not makes the whole answer suspicious, and none of it is used.

    Raises:
        NotDelivered: There is none, or one of them is not public.
    """
    if not addresses:
        raise NotDelivered("The host has no address.", permanent=False)
    for text in addresses:
        if not is_public(text):
            raise NotDelivered("The host leads to an address that is not public. Nothing was sent.", permanent=False)
    return addresses[0]


def is_public(text: str) -> bool:
    """Return whether this is the address of a machine in the public internet. What is no address is not."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return _public(address)


def _public(address: Address) -> bool:
    if address.version == 6:
        inner = _inner(address)
        if inner is not None:
            return _public(inner)
        if address.scope_id or address not in _UNICAST:
            return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address.version == network.version and address in network for network in _SPECIAL)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that this one stands for, if it does."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
