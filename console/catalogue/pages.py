"""Every page of an organisation with the scopes that its view declares, read from the URL configuration."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from console.http import declares_needs, scopes_needed_by
from console.page_names import page_name

INSIDE = "c/<slug:connection>/"
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """One address of the console.

    name       of the address: "modules:list"; room is its first part
    words      its name for people: "Fields of a module"
    route      its address below the organisation's: "modules/{module}/fields/"
    declared   whether the view says what it needs, be it nothing
    """

    name: str
    room: str
    words: str
    route: str
    needs: tuple[str, ...]
    declared: bool


@functools.cache
def pages() -> tuple[ConsolePage, ...]:
    """All of them, in the order of the URL configuration."""
    return tuple(_walk(get_resolver().url_patterns, "", ""))


def needs_of(path: str) -> tuple[str, ...]:
    """The scopes of the page with this address; () when there is none."""
    try:
        return scopes_needed_by(resolve(path.partition("?")[0]).func)
    except Resolver404:
        return ()


def _walk(patterns: list[URLPattern | URLResolver], route: str, namespace: str) -> Iterator[ConsolePage]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here, pattern.namespace or namespace)
        elif here.startswith(INSIDE):
            view = pattern.callback
            name = f"{namespace}:{pattern.name}"
            yield ConsolePage(
                name, namespace, page_name(name),
                _CONVERTER.sub(r"{\1}", here.removeprefix(INSIDE)), scopes_needed_by(view), declares_needs(view),
            )  # fmt: skip
