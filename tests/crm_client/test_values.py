"""What the CRM sent becomes safe values, whatever it sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_client import values
from crm_client.values import Ref


@pytest.mark.parametrize(
    ("sent", "id_"),
    [
        ("4876876000000999001", "4876876000000999001"),
        (4876876000000999001, "4876876000000999001"),
        (0, "0"),
        (4876876000000999001.0, ""),
        (True, ""),
        (-5, ""),
        ("12x", ""),
        ("", ""),
        (None, ""),
        ("٣", ""),
        ("1" * 31, ""),
        (10**30, ""),
        ([], ""),
        ({}, ""),
    ],
)
def test_an_id_stays_text_of_digits(sent: object, id_: str) -> None:
    assert values.as_id(sent) == id_


@pytest.mark.parametrize(
    ("sent", "colour"),
    [
        ("#FFAA00", "#ffaa00"),
        ("#Fa0", "#ffaa00"),
        ("red", None),
        ("#ff", None),
        ("#ffaa00;x", None),
        ("#ffaa0g", None),
        ("#ffaa00\n", None),
        ("＃ffaa00", None),
        (None, None),
        (7, None),
    ],
)
def test_a_colour_is_hexadecimal_or_none(sent: object, colour: str | None) -> None:
    assert values.as_colour(sent) == colour


@pytest.mark.parametrize("good", ["https://example.com", "https://example.com/a?b=c#d", "https://münchen.example/ü"])
def test_an_https_address_may_be_a_link(good: str) -> None:
    assert values.as_link(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "http://example.com",
        "javascript:alert(1)",
        " https://example.com",
        "https://example.com/ x",
        "https:///x",
        "https:",
        "https://user@example.com",
        'https://example.com/"onclick=',
        "https://example.com/<b>",
        "https://[::1",
        "//example.com",
        "https://example.com:99999",
        "https://example.com\n",
        "data:text/html,x",
        "HTTPS",
        "",
        None,
        5,
        ["https://x.test"],
        "https://example.com\\@evil.test",
        "https://" + "x" * 3000,
    ],
)
def test_any_other_address_is_no_link(bad: object) -> None:
    assert values.as_link(bad) is None


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("Häuser ‮ <b>", "Häuser ‮ <b>"),
        ("a\0b", "a\ufffdb"),
        ("ü\0", "ü\ufffd"),
        ("\ud800x", "\ufffdx"),
        ("😀", "😀"),
        (5, ""),
        (None, ""),
        (["a"], ""),
    ],
)
def test_a_text_can_always_be_stored(sent: object, text: str) -> None:
    assert values.as_text(sent) == text


@pytest.mark.parametrize(
    ("sent", "whole"),
    [
        (5, 5),
        (-1, -1),
        ("5", 5),
        ("-1", -1),
        (True, None),
        (5.0, None),
        ("5.0", None),
        ("", None),
        ("-", None),
        ("9" * 5000, None),
        (None, None),
        ("٣", None),
    ],
)
def test_a_whole_number_may_come_as_text(sent: object, whole: int | None) -> None:
    assert values.as_whole(sent) == whole


@pytest.mark.parametrize("name", ["Leads", "Sales_Orders", "File_Upload_4__s", "A"])
def test_an_api_name_is_kept(name: str) -> None:
    assert values.as_api_name(name) == name


@pytest.mark.parametrize("name", ["", "1st", "_x", "a-b", "a b", "a/b", "../x", "Ä", "Leads\n", "$x", None, 5])
def test_what_could_bend_an_address_is_no_api_name(name: object) -> None:
    assert values.as_api_name(name) == ""


def test_a_reference_is_named_by_name_or_api_name() -> None:
    assert values.as_ref({"id": 7, "name": "Standard", "api_name": "Standard__s"}) == Ref("7", "Standard")
    assert values.as_api_ref({"id": "7", "name": "Leads tab", "api_name": "Leads"}) == Ref("7", "Leads")
    assert values.as_api_ref({"id": "7", "module": "Details"}) == Ref("7", "Details")
    assert values.as_api_ref("Leads") == Ref("", "Leads")
    assert [values.as_ref(none) for none in ({}, None, [], "x", {"id": None, "name": 5})] == [None] * 5
    assert values.as_refs([{"id": "1"}, None, {}, {"name": "b"}]) == [Ref("1", ""), Ref("", "b")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_no_value_makes_a_reader_of_values_raise(value: object) -> None:
    assert values.as_id(value).isdigit() or values.as_id(value) == ""
    values.as_text(value).encode()
    assert values.as_flag(value) in (True, False, None)
    for read in (
        values.as_text_or_none,
        values.as_whole,
        values.as_object,
        values.as_object_or_none,
        values.as_objects,
        values.as_texts,
        values.as_api_name,
        values.as_colour,
        values.as_link,
        values.as_ref,
        values.as_refs,
        values.as_api_ref,
        values.as_api_refs,
    ):
        read(value)  # type: ignore[operator]
