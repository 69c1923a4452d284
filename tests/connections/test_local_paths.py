"""After signing in one lands in this console, whatever the address said (AC-57)."""

import pytest

from console.connections.local_paths import local_path


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test", "https://evil.test/",
        "http:/evil.test", "javascript:alert(1)", "data:text/html,x", "/\t/evil.test", "\n//evil.test", "/\r\n/evil",
        "evil.test", "", "/a\x00b", "//user@evil.test", "/" + "a" * 600, "ftp://evil.test", "/%5c\\evil",
        "?next=//evil",
    ],
)  # fmt: skip
def test_an_address_elsewhere_becomes_the_front_page(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/c/abc/modules/", "/c/abc/modules/?q=a%20b&sort=-name"])
def test_a_path_of_this_console_is_kept(wanted: str) -> None:
    assert local_path(wanted) == wanted


def test_a_fragment_is_dropped() -> None:
    assert local_path("/c/abc/#evil") == "/c/abc/"
