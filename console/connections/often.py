"""How often somebody may begin a sign-in and come back from one (console.limits)."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest
from django.utils import timezone

from console import limits
from console.connections.connecting import SignInAnswerError


class TooOften(SignInAnswerError):
    """Too many sign-ins from one browser or one address."""

    message_code = "SIGNIN-LIMIT"
    http_status = 429

    def __init__(self, reason: str, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        again = timezone.now() + timedelta(seconds=retry_after_s)
        super().__init__("Too many sign-ins", reason, f"Try again after {again:%H:%M:%S} UTC.")


def begins(request: HttpRequest, browser: str) -> None:
    """Counts a sign-in that begins. Zoho itself gives one console ten in ten minutes. Raises TooOften."""
    wait = limits.count("sign_in_browser", browser) or limits.count("sign_in_address", _network(request))
    if wait:
        raise TooOften(
            "More sign-ins were begun from this browser or network within ten minutes than this console allows. "
            "Nothing was sent to Zoho, and whoever is signed in stays so.",
            wait,
        )


def comes_back(request: HttpRequest, browser: str) -> None:
    """Counts a return from Zoho, good or forged: each that is refused becomes a row of the audit. Raises TooOften.

    browser  which began a sign-in here; "" where none did. A page anywhere can have pictures that ask for the callback,
             but its visitors' cookies stay at home: such returns must not use up those of who signs in beside them
    """
    wait = limits.count("callback_address", f"browser {browser}" if browser else _network(request))
    if wait:
        raise TooOften(
            "More sign-ins came back to this browser or network within ten minutes than this console looks at. "
            "This one was not used and nothing was connected.",
            wait,
        )


def _network(request: HttpRequest) -> str:
    """What one person can change at will counts as one: of an IPv6 address only the first half."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else address
