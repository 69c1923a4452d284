"""The rows of long lists of records, made in Python: 200 × 20 cells in a template's loops cost several times as much.

D17 holds: every text of the CRM goes through `escape`, colours are #rrggbb by then, and what is marked safe is markup
written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from console.records.values import Eyes, as_moment, name_of, plain, text_of
from crm_client.fields import Field
from crm_client.records import Record
from crm_client.values import JSON, as_id, as_link, as_object, is_api_name

YES = '<td class="yes"><span aria-hidden="true">●</span><span class="visually-hidden">yes</span></td>'
NO = '<td class="no"><span aria-hidden="true">–</span><span class="visually-hidden">no</span></td>'
EMPTY = "<td></td>"
_LONG = 60
NUMBERS = ("integer", "double", "currency", "percent", "bigint")

Cell = Callable[[JSON], str]


def cell(field: Field, eyes: Eyes, records: str) -> Cell:
    """How one column's cells are made.

    records  the address under which records lie, "/c/…/records/"
    """
    kind = field.data_type
    text = text_of(field, eyes)
    if kind == "boolean":
        return lambda value: YES if value is True else NO if value is False else _text(plain(value))
    if kind == "picklist":
        return _picklist(field, text)
    if kind in ("lookup", "multi_module_lookup"):
        return _lookup(field, records)
    if kind in NUMBERS:
        return lambda value: EMPTY if value is None else f'<td class="num">{escape(text(value))}</td>'
    if kind in ("datetime", "date"):
        return lambda value: _when(value, text)
    if kind == "website":
        return _website
    if kind in ("phone", "email"):
        return lambda value: EMPTY if not value else f'<td class="line"><bdi>{escape(text(value)[:100])}</bdi></td>'
    return lambda value: EMPTY if value is None or value == "" else _text(text(value))


def target_of(field: Field, value: JSON) -> str:
    """The module that a lookup's value lies in; "" when nobody says."""
    if field.lookup and field.lookup.module:
        return field.lookup.module.name if is_api_name(field.lookup.module.name) else ""
    module = as_object(value).get("module")
    name = as_object(module).get("api_name") if isinstance(module, dict) else module
    return name if isinstance(name, str) and is_api_name(name) else ""


def rows(
    found: Iterable[Record], columns: Sequence[tuple[str, Cell]], name: Callable[[Record], str], here: str
) -> SafeString:
    """The rows of a list: the record's name with its link, then the cells.

    columns  (API name, how its cells are made)
    here     the address of the module's records
    """
    lines = []
    for record in found:
        raw = record.raw
        shown = escape(name(record))
        head = f'<a href="{here}{record.id}/"><bdi>{shown}</bdi></a>' if record.id else f"<bdi>{shown}</bdi>"
        cells = "".join([make(raw.get(key)) for key, make in columns])
        lines.append(f'<tr><th scope="row">{head}</th>{cells}</tr>\n')
    return mark_safe("".join(lines))  # noqa: S308


def query_rows(found: Sequence[Record], columns: Sequence[tuple[str, Cell]], here: str) -> SafeString:
    """The rows of a query: its columns, and a link in front where a row is a record of a known module (`here`)."""
    lines = []
    for number, record in enumerate(found, 1):
        link = f'<a href="{here}{record.id}/"><code>{record.id}</code></a>' if here and record.id else str(number)
        cells = "".join([make(record.raw.get(key)) for key, make in columns])
        lines.append(f'<tr><th scope="row">{link}</th>{cells}</tr>\n')
    return mark_safe("".join(lines))  # noqa: S308


def _text(text: str) -> str:
    if not text:
        return EMPTY
    shown = escape(text if len(text) <= 2000 else text[:2000] + "…")
    if len(shown) > _LONG:
        return f'<td class="long"><bdi>{shown}</bdi></td>'
    return f"<td><bdi>{shown}</bdi></td>"


def _picklist(field: Field, text: Callable[[JSON], str]) -> Cell:
    ready = {}
    if field.enable_colour_code is not False:
        for value in field.pick_list_values:
            if value.colour_code:
                shown = escape(value.display_value or value.actual_value)
                ready[value.actual_value] = f"<td>{chip(value.colour_code)}<bdi>{shown}</bdi></td>"

    def make(value: JSON) -> str:
        if value is None:
            return EMPTY
        return (ready.get(value) if isinstance(value, str) else None) or _text(text(value))

    return make


def chip(colour: str) -> str:
    """A small square in a picklist value's colour, "#rrggbb"."""
    return (
        '<svg class="chip" width="10" height="10" aria-hidden="true">'
        f'<rect width="10" height="10" rx="2" fill="{escape(colour)}"/></svg>'
    )


def _lookup(field: Field, records: str) -> Cell:
    def make(value: JSON) -> str:
        if value is None:
            return EMPTY
        id_, module = as_id(as_object(value).get("id")), target_of(field, value)
        if not id_ or not module:
            return _text(plain(value))
        return f'<td><a href="{records}{module}/{id_}/"><bdi>{escape(name_of(value) or id_)}</bdi></a></td>'

    return make


def _when(value: JSON, text: Callable[[JSON], str]) -> str:
    if value is None:
        return EMPTY
    found = as_moment(value)
    if found is None:
        return f'<td class="when">{escape(text(value))}</td>'
    return f'<td class="when"><time datetime="{found.isoformat()}">{escape(text(value))}</time></td>'


def _website(value: JSON) -> str:
    link = as_link(value)
    if link is None:
        return _text(plain(value))
    shown = escape(link)
    link = f'<a href="{shown}" target="_blank" rel="noopener noreferrer nofollow"><bdi>{shown}</bdi></a>'
    return f'<td class="long">{link}</td>'
