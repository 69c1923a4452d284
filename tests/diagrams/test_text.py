"""Texts of any language and any malice fit their boxes."""

import pytest

from console.diagrams.text import LONGEST, clean, clusters, is_right_to_left, shorten, width, wrap

FAMILY = "👨‍👩‍👧‍👦"


def test_a_text_becomes_one_line_without_what_would_turn_its_neighbours_round() -> None:
    assert clean("a\nb\t\x00c  d") == "a b c d"
    assert clean("safe\u202etxt.exe\u202c \u2066x\u2069") == "safetxt.exe x"
    assert clean("broken \ud800 half") == "broken \ufffd half"


def test_a_megabyte_is_shortened_at_once() -> None:
    shown = clean("W" * 1_000_000)
    assert len(shown) <= LONGEST
    assert shown.endswith("…")


def test_marks_piled_on_a_letter_are_taken_off() -> None:
    assert len(clean("a" + "\u0301" * 5000 + "b")) < 20


def test_a_text_is_never_cut_inside_a_letter() -> None:
    assert clusters(f"e\u0301{FAMILY}🇩🇪🇫🇷x") == ["e\u0301", FAMILY, "🇩🇪", "🇫🇷", "x"]
    for widest in range(10, 200):
        shown = shorten(f"{FAMILY}e\u0301{FAMILY}e\u0301🇩🇪", widest, 14)
        assert "".join(clusters(shown)) == shown
        assert set(clusters(shown)) <= {FAMILY, "e\u0301", "🇩🇪", "…"}


@pytest.mark.parametrize(
    "text",
    ["Plain words and more of them", "漢字の長い名前です。とても長い", "שלום עולם ועוד", "مرحبا بالعالم", "x" * 90],
)
@pytest.mark.parametrize("widest", [40, 75, 130])
def test_shortened_texts_fit(text: str, widest: int) -> None:
    assert width(shorten(text, widest, 13), 13) <= widest
    assert all(width(line, 13) <= widest for line in wrap(text, widest, 13, lines=3))


def test_a_text_that_fits_is_left_alone() -> None:
    assert shorten("Next", 100, 12) == "Next"
    assert wrap("Two words", 300, 14, lines=2) == ["Two words"]
    assert wrap("", 300, 14, lines=2) == []


def test_lines_break_between_words_and_at_underscores() -> None:
    assert wrap("Mortgage for a house", 90, 14, lines=3) == ["Mortgage", "for a house"]
    assert wrap("Annual_Revenue_Of_Company", 120, 14, lines=3)[0].endswith("_")


def test_wide_scripts_are_taken_for_wide() -> None:
    assert width("漢字", 100) >= 200
    assert width("🎉", 100) >= 130
    assert width("e\u0301", 100) == width("e", 100)


def test_the_side_a_text_begins_on() -> None:
    assert is_right_to_left("(שלום)")
    assert is_right_to_left("مرحبا abc")
    assert not is_right_to_left("abc שלום")
    assert not is_right_to_left("12 – ?")
