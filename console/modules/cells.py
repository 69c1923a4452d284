"""The cells of long tables, made in Python: a template loop over 400 × 12 cells costs three times as much (D17 holds:
every text of the CRM goes through `escape`, and what is marked safe is markup written here)."""

from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

YES = SafeString('<td class="yes"><span aria-hidden="true">●</span><span class="visually-hidden">yes</span></td>')
NO = SafeString('<td class="no"><span aria-hidden="true">–</span><span class="visually-hidden">no</span></td>')
UNKNOWN = SafeString(
    '<td class="unknown" title="The CRM did not say"><span aria-hidden="true">?</span>'
    '<span class="visually-hidden">not said</span></td>'
)
UNKNOWN_REQUIRED = SafeString(
    '<td class="unknown" title="Known once the layouts are fetched"><span aria-hidden="true">?</span>'
    '<span class="visually-hidden">not known here yet</span></td>'
)
EMPTY = SafeString("<td></td>")
_LONG = 60


def flag(value: object) -> str:
    return YES if value is True else NO if value is False else UNKNOWN


def text(value: object) -> str:
    """CRM text; a long one is cut by the style sheet and whole in its title."""
    if value is None or value == "":
        return EMPTY
    shown = escape(value)
    if len(shown) > _LONG:
        return f'<td class="long"><bdi title="{shown}">{shown}</bdi></td>'
    return f"<td><bdi>{shown}</bdi></td>"


def code(value: object) -> str:
    return EMPTY if value is None or value == "" else f"<td><code>{escape(value)}</code></td>"


def number(value: object) -> str:
    return '<td class="num"></td>' if value is None else f'<td class="num">{escape(value)}</td>'


def required(value: object) -> str:
    """ "always", "on 2 of 3 layouts", "no" or "" (the layouts are not kept)."""
    if value == "no":
        return NO
    if value == "":
        return UNKNOWN_REQUIRED
    return f'<td class="must">{escape(value)}</td>'


def row(makers: Sequence[Callable[[object], str]], values: Sequence[object]) -> SafeString:
    """The cells of one row, each by its own maker."""
    return mark_safe("".join([make(value) for make, value in zip(makers, values, strict=True)]))  # noqa: S308
