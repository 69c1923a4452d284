"""Whether something failed because a disk is full: ours, the one for temporary files, or the database's (AC-36)."""

import errno

from django.db import OperationalError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_WORDS = ("disk is full", "No space left on device")  # SQLite's and PostgreSQL's


def is_full(problem: BaseException | None) -> bool:
    """Also where libraries raise errors of their own over the operating system's."""
    while problem is not None:
        if isinstance(problem, OSError) and problem.errno in _FULL:
            return True
        if isinstance(problem, OperationalError) and any(words in str(problem) for words in _WORDS):
            return True
        problem = problem.__cause__ or problem.__context__
    return False
