"""What the other halls may want to hear about a connection."""

from typing import Any

from django.dispatch import Signal

disconnected = Signal()
"""Sent with `connection` once its tokens are destroyed: forget what was kept for it."""

left_behind = Signal()
"""Asks with `connection` what stays undone when it is disconnected; each receiver answers with sentences."""


def what_is_left_behind(connection: Any) -> list[str]:
    """In sentences, for the page that asks whether to disconnect and the one that says it was done."""
    answers = left_behind.send(type(connection), connection=connection)
    return [str(sentence) for _, sentences in answers for sentence in sentences or ()]
