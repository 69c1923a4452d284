"""The threads that an embedded console lives by, so that /healthz can tell when one of them is gone."""

import threading

_watched: list[threading.Thread] = []


class ThreadGone(Exception):
    """A thread that should run for ever has ended; the text names it."""


def start(thread: threading.Thread) -> threading.Thread:
    """Starts a thread that must never end by itself."""
    thread.start()
    _watched.append(thread)
    return thread


def check() -> None:
    """Raises ThreadGone for the first thread that has ended; in a process without any, all is well."""
    for thread in _watched:
        if not thread.is_alive():
            raise ThreadGone(thread.name)


def has(name: str) -> bool:
    """Whether the thread of that name was started here and still runs."""
    return any(thread.name == name and thread.is_alive() for thread in _watched)
