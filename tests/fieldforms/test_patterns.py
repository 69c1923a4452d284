"""Email, phone and web addresses as the API's published patterns have them, in time that does not run away."""

import random
import time
from collections.abc import Callable

import pytest

from console.fieldforms.patterns import is_email, is_phone, is_website
from crm_client.standin import write_values

SAID: list[tuple[Callable[[str], bool], str, bool]] = [
    (is_email, "p.boyle@zylker.com", True),
    (is_email, "+tag_x@zylker.co.uk", True),
    (is_email, "grüße@bücher.example", True),
    (is_email, "名前@例え.テスト", True),
    (is_email, "a@b-c_d.com", True),
    (is_email, "p.boyle", False),
    (is_email, "p.boyle@zylker", False),
    (is_email, ".a@zylker.com", False),
    (is_email, "a@-zylker.com", False),
    (is_email, "a@zylker-.com", False),
    (is_email, "a@zylker.c0m", False),
    (is_email, "a@zylker.com\n", False),
    (is_email, "a b@zylker.com", False),
    (is_phone, "9900000000", True),
    (is_phone, "+91 9900000000", True),
    (is_phone, "555-555-5555", True),
    (is_phone, "+44 20 7946 0958,;12#3", True),
    (is_phone, "91(987)654321", False),
    (is_phone, "(555) 555 5555", False),
    (is_phone, "-555", False),
    (is_phone, "5" * 31, False),
    (is_phone, "٣٣٣", False),
    (is_website, "https://www.zylker.com", True),
    (is_website, "www.zylker.com", True),
    (is_website, "zylker.com/path?x=1", True),
    (is_website, "http://localhost", False),
    (is_website, "javascript:alert(1)", False),
    (is_website, "a.b/x\ny", False),
]


@pytest.mark.parametrize(("is_formed", "text", "expected"), SAID)
def test_what_the_api_takes(is_formed: Callable[[str], bool], text: str, expected: bool) -> None:
    assert is_formed(text) is expected


@pytest.mark.parametrize(
    ("ours", "theirs", "signs", "starts"),
    [
        (is_email, write_values.is_email, "aaé0.-_+@١", ("", "a@", "é@a.", "a@0.a")),
        (is_phone, lambda text: bool(write_values.PHONE.fullmatch(text)), "1a+-. ,;#(", ("", "+")),
        (
            is_website,
            lambda text: bool(write_values.WEBSITE.fullmatch(text)),
            "a.-/?:%_ #",
            ("", "http://", "www.", "ftp://"),
        ),
    ],
)
def test_two_writings_of_the_patterns_agree(
    ours: Callable[[str], bool], theirs: Callable[[str], bool], signs: str, starts: tuple[str, ...]
) -> None:
    chance = random.Random(signs)
    texts = [chance.choice(starts) + "".join(chance.choices(signs, k=chance.randint(0, 10))) for _ in range(8000)]
    assert [text for text in texts if ours(text) != theirs(text)] == []
    assert 20 < sum(map(ours, texts)) < 7000


@pytest.mark.parametrize(
    ("is_formed", "text"),
    [
        (is_phone, "1 " * 15),
        (is_phone, "a" * 29 + "("),
        (is_phone, "1-" * 14 + "."),
        (is_website, "a.b" + "/" * 2900 + "\n"),
        (is_website, "a." * 1400),
        (is_website, "www." * 700 + "%"),
        (is_email, "a@" + "a" * 250),
        (is_email, "a" * 380 + "@"),
        (is_email, "a@" + "a-" * 120),
        (is_email, "a" * 1_000_000),
        (is_website, "a." * 1_000_000),
        (is_phone, "1" * 1_000_000),
    ],
)
def test_no_text_keeps_them_busy(is_formed: Callable[[str], bool], text: str) -> None:
    begin = time.thread_time()
    is_formed(text)
    assert time.thread_time() - begin < 0.05
