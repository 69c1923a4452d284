"""Repetitions and reminders as people say them; what is something else stays what it is."""

from typing import Any

import pytest

from console.records.told import told

WORDS: list[tuple[Any, str]] = [
    ({"RRULE": "FREQ=DAILY;INTERVAL=1"}, "every day"),
    (
        {"RRULE": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;DTSTART=2027-02-01;UNTIL=2027-02-28"},
        "every 2 weeks from 01 Feb 2027 until 28 Feb 2027 (BYDAY=MO)",
    ),
    ({"RRULE": "FREQ=YEARLY;UNTIL=some day"}, "every year (UNTIL=some day)"),
    (
        [{"unit": 15, "period": "minutes"}, {"unit": 1, "period": "days", "time": "10:30"}],
        "15 minutes before, 1 day before, at 10:30",
    ),
]
NOT_OURS: list[Any] = [
    None,
    "",
    7,
    {},
    [],
    {"RRULE": None},
    {"RRULE": ["FREQ=DAILY"]},
    {"RRULE": "FREQ=NEVER"},
    {"RRULE": "FREQ=DAILY", "id": "1"},
    {"RRULE": "FREQ=DAILY;INTERVAL=0"},
    [{"unit": 15, "period": []}],
    [{"unit": True, "period": "days"}],
    [{"unit": -1, "period": "days"}],
    [{"unit": 15, "period": "minutes"}, "x"],
    [{"unit": 15, "period": "minutes"}] * 21,
]


@pytest.mark.parametrize(("value", "words"), WORDS)
def test_it_is_said_in_words(value: Any, words: str) -> None:
    assert told(value) == words


@pytest.mark.parametrize("value", NOT_OURS, ids=repr)
def test_what_is_something_else_is_left_to_others(value: Any) -> None:
    assert told(value) == ""
