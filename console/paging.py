"""Cutting a list into pages of fifty, with the addresses of the neighbouring ones. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

SIZE = 50

T = TypeVar("T")


@dataclass(slots=True)
class Pages:
    """Where one is in a list. Addresses are "" where there is no such page.

    noun    "modules": what the list holds
    target  id of the element that htmx replaces
    """

    number: int
    count: int
    total: int
    noun: str
    target: str
    is_all: bool = False
    previous: str = ""
    next: str = ""
    everything: str = ""
    paged: str = ""
    size: int = SIZE


def cut(
    rows: Sequence[T], number: int, everything: bool, address: Callable[[int | str], str], noun: str, target: str
) -> tuple[Sequence[T], Pages]:
    """The rows of one page and where it lies. A number beyond the end gives the last page.

    address  from a page's number, or "all", to its address
    """
    total = len(rows)
    count = max(1, -(-total // SIZE))
    if everything:
        return rows, Pages(1, 1, total, noun, target, is_all=True, paged=address(1))
    number = min(max(number, 1), count)
    pages = Pages(
        number,
        count,
        total,
        noun,
        target,
        previous=address(number - 1) if number > 1 else "",
        next=address(number + 1) if number < count else "",
        everything=address("all") if count > 1 else "",
    )
    return rows[(number - 1) * SIZE : number * SIZE], pages


def page_number(text: str) -> int:
    """The page asked for in an address; 1 for anything that is no small positive number."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text) > 0 else 1
