"""Tables as files: nothing in them runs as a formula, nothing is lost."""

import csv
import io
import json

import pytest

from console.exports import Table, as_csv, as_json, as_markdown, file_name, guarded, markdown

EVIL = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\u200b=1", "\r\n=1",
    # numbers that would be worked out or lose their plus, and what only looks like one
    "+33123456789", "+1-617-555-0134", "+1 (617) 555-0134", "+33 123 456 789", "+1 617 555 0134 -1", "-1 617 555 0134",
    "+1 617 555 A1", "+1 617 555 0134\n=1", "+1  617 555 0134", "+1\xa0617\xa0555 0134", "+1 617", "++1 617 555 0134",
    "+cmd|' /C calc'!A0", "+１ 617 555 0134",
]  # fmt: skip


def _table(*cells: str | int | bool | None) -> Table:
    return Table("Modules", ["a"], ["A"], [[cell] for cell in cells])


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        *("Leads", "a=b", "1-2", "", "«»", "me@example.com"),
        *("+33 1 23 45 67 89", "+1 617 555 0134", "+49 421 5550 134", "+44 20 7946 0958"),
    ],
)
def test_any_other_cell_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_the_guarded_csv_reads_back_as_strings_that_are_no_formulas() -> None:
    text = as_csv(_table(*EVIL, "plain", True, None, 7))
    assert text.startswith("\ufeff")
    rows = [row[0] if row else "" for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")))][1:]
    assert all(row[0] == "'" for row in rows[: len(EVIL)])
    assert rows[len(EVIL) :] == ["plain", "yes", "", "7"]


def test_the_exact_csv_changes_nothing() -> None:
    text = as_csv(_table(*EVIL), exact=True)
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:] == EVIL


def test_json_keeps_the_kinds_of_values() -> None:
    assert json.loads(as_json(_table(True, None, 3, "=x"))) == [{"a": True}, {"a": None}, {"a": 3}, {"a": "=x"}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("two\nlines", "two lines"),
        ("[x](javascript:y)", "\\[x\\](javascript:y)"),
        ("Lead_Source", "Lead_Source"),
        ("_x_", "\\_x\\_"),
    ],
)
def test_markdown_shows_text_and_no_markup(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_a_markdown_table_has_one_line_for_each_row() -> None:
    lines = as_markdown(_table("x\ny", "z")).splitlines()
    assert lines == ["# Modules", "", "| A |", "| --- |", "| x y |", "| z |"]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["Acme GmbH", "fields"], "Acme-GmbH-fields"),
        (["../../etc"], "etc"),
        (["متجر"], "download"),
        (['a"\r\nb'], "a-b"),
    ],
)
def test_a_files_name_is_plain(parts: list[str], name: str) -> None:
    assert file_name(*parts) == name
