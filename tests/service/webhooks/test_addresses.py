from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from service.errors import WebhookUrlRefused
from service.webhooks.addresses import check_addresses, resolve

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",  # the metadata of clouds
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:10.1.2.3",  # 10.1.2.3, written as IPv6
    "64:ff9b::a9fe:a9fe",  # 169.254.169.254 behind NAT64
    "2002:7f00:1::",  # 127.0.0.1 by 6to4
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_sent_to(address: str) -> None:
    check_addresses([ip_address(address)], ())


@pytest.mark.parametrize("address", INSIDE)
def test_all_others_are_refused(address: str) -> None:
    with pytest.raises(WebhookUrlRefused, match="ALC_WEBHOOK_PRIVATE_ADDRESSES"):
        check_addresses([ip_address(address)], ())


def test_a_name_that_leads_outside_and_inside_is_refused() -> None:
    with pytest.raises(WebhookUrlRefused):
        check_addresses([ip_address(PUBLIC[0]), ip_address("10.1.2.3")], ())


def test_networks_of_the_settings_are_allowed_and_no_others() -> None:
    networks = [ip_network("10.1.0.0/16"), ip_network("::1/128")]
    check_addresses([ip_address("10.1.2.3"), ip_address("::1")], networks)
    with pytest.raises(WebhookUrlRefused):
        check_addresses([ip_address("10.2.2.3")], networks)


def test_a_host_is_resolved_to_its_addresses() -> None:
    assert resolve("127.0.0.1", 80) == [ip_address("127.0.0.1")]
    with pytest.raises(OSError, match="known"):
        resolve("no-such-host.invalid", 80)
