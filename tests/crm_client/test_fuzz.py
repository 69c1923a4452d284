"""Generated hostile answers to every call of the client; `python -m tests.fuzz answers` tries 20,000 of them."""

from tests.fuzz import answers


def test_whatever_comes_back_only_our_own_errors_come_out_in_time() -> None:
    outcome = answers.run(400, seed=2)
    assert [str(finding) for finding in outcome.findings] == []
    assert outcome.ends["good"] > 50  # what is only odd is read, so the cases get past the first check
    assert outcome.ends["BadAnswer"] > 50
    assert len(outcome.ends) > 6
    assert outcome.mb < 64
