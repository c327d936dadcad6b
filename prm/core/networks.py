"""Whose an internet address is. Who is given one of the long kind (IPv6) is given a whole network of them, and may come from another one
each time: whatever counts by where somebody comes from counts by the network."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

#: Bits that a connection's addresses have in common, and those that one customer's connections have at the most.
CONNECTION, CUSTOMER = 64, 48


def span_of(address: str, bits: int = CONNECTION) -> tuple[str, str]:
    """The first and the last address of the network that ``address`` is in; an address of the short kind stands for itself.

    >>> span_of("192.0.2.7")
    ('192.0.2.7', '192.0.2.7')
    >>> span_of("2001:db8:0:7::1")
    ('2001:db8:0:7::', '2001:db8:0:7:ffff:ffff:ffff:ffff')
    """
    found = ip_address(address)
    if not isinstance(found, IPv6Address) or found.ipv4_mapped is not None:
        return address, address
    network = ip_network((found, bits), strict=False)
    return str(network[0]), str(network[-1])


def network_of(address: str) -> str:
    """What to count by: the address itself, or the first one of its network."""
    try:
        return span_of(address)[0]
    except ValueError:  # a server that listens on no address of the internet says something else
        return address
