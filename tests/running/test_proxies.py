"""What a proxy says counts only when it is one of ours; anybody can write a header."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from console.proxies import TrustedProxies


def seen(address: str, **headers: str) -> HttpRequest:
    """The request as the rest of the console sees it."""
    found: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    TrustedProxies(answer)(RequestFactory().get("/", REMOTE_ADDR=address, headers=headers))
    return found[0]


@pytest.fixture(autouse=True)
def ours(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1")]


def test_our_proxy_says_who_asks_and_how() -> None:
    request = seen("10.0.0.7", **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert request.is_secure()


@pytest.mark.parametrize("address", ["203.0.113.66", "127.0.0.1", ""])
def test_a_stranger_says_nothing_about_themselves(address: str) -> None:
    said = {"X-Forwarded-For": "10.0.0.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "x", "Forwarded": "for=1"}
    request = seen(address, **said)
    assert request.META["REMOTE_ADDR"] == address
    assert not request.is_secure()
    assert not [name for name in request.META if "FORWARDED" in name]


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.1, 203.0.113.9, 10.0.0.8", "203.0.113.9"),  # the first was written by the client itself
        ("203.0.113.9, nonsense, 10.0.0.8", "10.0.0.8"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "10.0.0.7"),
    ],
)
def test_the_last_address_that_is_not_ours_asks(chain: str, client: str) -> None:
    assert seen("10.0.0.7", **{"X-Forwarded-For": chain}).META["REMOTE_ADDR"] == client


@pytest.mark.django_db
def test_behind_a_proxy_that_ends_tls_nobody_is_sent_in_circles(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    said = {"X-Forwarded-Proto": "https"}
    assert Client(REMOTE_ADDR="10.0.0.7").get("/sign-in/", headers=said).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.66").get("/sign-in/", headers=said).status_code == 301
