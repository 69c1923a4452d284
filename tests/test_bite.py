"""Every protection is noticed by the tests that are named for it; `python -m tests.bite` tries the whole suite."""

from tests.bite import runs
from tests.bite.protections import PROTECTIONS


def test_each_protection_that_is_removed_turns_its_tests_red() -> None:
    """That they are green with it, the rest of this run says."""
    named = {name: protection.bites for name, protection in PROTECTIONS.items()}
    outcomes = {name: (len(red), green) for name, red, green in runs.quick(named, control=False)}
    assert [name for name, (red, green) in outcomes.items() if red == 0 or green > 0] == []
    assert len(outcomes) >= 20
