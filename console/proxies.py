"""What a proxy says about a request, believed only of those that CONSOLE_TRUSTED_PROXIES names."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from console.environment import Network

GetResponse = Callable[[HttpRequest], HttpResponse]
Address: TypeAlias = IPv4Address | IPv6Address

_FORWARDED = (*(f"HTTP_X_FORWARDED_{what}" for what in ("FOR", "PROTO", "HOST", "PORT", "BY")), "HTTP_FORWARDED")
_HEALTH = "/healthz"


class TrustedProxies:
    """First of all middleware: who asks, and how, once and for all that come after.

    From a trusted proxy `X-Forwarded-For` gives the address and `X-Forwarded-Proto` the scheme; from anybody else they
    are what the connection says. The headers themselves end here. `/healthz` answers under any name, because a load
    balancer asks by address; every other page keeps to ALLOWED_HOSTS.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = {name: request.META.pop(name, "") for name in _FORWARDED}
        peer = _address(request.META.get("REMOTE_ADDR", ""))
        if peer is not None and _is_in(peer, settings.TRUSTED_PROXIES):
            request.META["REMOTE_ADDR"] = str(_client(peer, said["HTTP_X_FORWARDED_FOR"], settings.TRUSTED_PROXIES))
            scheme = said["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip().lower()
            if scheme in ("http", "https"):
                request.META["wsgi.url_scheme"] = scheme
        if request.path_info == _HEALTH:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
        return self.get_response(request)


def _client(peer: Address, forwarded_for: str, trusted: Iterable[Network]) -> Address:
    """The last address in the chain that is no proxy of ours; what stands before it anybody could have written."""
    for word in reversed(forwarded_for.split(",")):
        if not _is_in(peer, trusted):
            return peer
        found = _address(word.strip())
        if found is None:
            return peer
        peer = found
    return peer


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _address(text: str) -> Address | None:
    """An address, without a port; an IPv4 address that came in IPv6's clothes as itself."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
