"""Where webhooks may go: to public addresses, and to networks that the settings name.

Whoever may make a webhook could otherwise let the service ask what only it can reach, such as the
metadata of a cloud (server-side request forgery).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from service.errors import WebhookUrlRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, in the order in which to try them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in found))


def check_addresses(addresses: Iterable[Address], private: Sequence[Network]) -> None:
    """Raise WebhookUrlRefused unless all of them are public or in one of the private networks.

    All, because a name that leads to both kinds was made to get past this check.
    """
    for address in addresses:
        if not (_is_public(address) or any(address in network for network in private)):
            raise WebhookUrlRefused(
                f"{address} is not a public address; ALC_WEBHOOK_PRIVATE_ADDRESSES names the"
                " networks to which webhooks may be sent all the same."
            )


def _is_public(address: Address) -> bool:
    plain = _inner(address)
    return plain.is_global and not plain.is_multicast


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if not isinstance(address, IPv6Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
