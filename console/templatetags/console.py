"""The filters and tags that every room uses. They take our own values; CRM text stays under autoescape."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from heroicons import _render_icon

from console import clock
from console.page_names import page_name as name_of_page

register = template.Library()

ROOMS = (
    ("home", "home:index", "Home"),
    ("modules", "modules:list", "Modules"),
    ("records", "records:chooser", "Records"),
    ("wizards", "wizards:list", "Wizards"),
    ("blueprints", "blueprints:list", "Blueprints"),
    ("catalogue", "catalogue:list", "APIs"),
    ("costs", "costs:ledger", "Credits"),
    ("submissions", "submissions:list", "Submissions"),
    ("jobs", "jobs:list", "Jobs"),
    ("audit", "audit:list", "Audit"),
)
"""Namespace, door and name of each room of an organisation, in the order of the navigation."""

ENVIRONMENTS = {"production": "Production", "sandbox": "Sandbox", "developer": "Developer"}

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@functools.lru_cache(maxsize=64)
def _icon(name: str, size: int) -> SafeString:
    # Text of the heroicons package and numbers of ours: nothing from outside.
    return mark_safe(_render_icon("outline", name, size, {"class": "icon"}))  # noqa: S308


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """An icon of the heroicons package as inline SVG, hidden from screen readers: the text beside it speaks."""
    return _icon(name, size)


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago, in the words of a person: "3 minutes old"; "" for no moment."""
    if moment is None:
        return ""
    seconds = max(timedelta(0), timezone.now() - moment).total_seconds()
    if seconds < _MINUTE:
        return "less than a minute old"
    for length, word in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {word}{'' if count == 1 else 's'} old"
    return ""


@register.filter
def moment(value: str | datetime | None) -> SafeString | str:
    """A `<time>` element for a moment of ours or the CRM's ISO text, by the reader's clock, with UTC behind it on
    hover; what is no moment is shown as it came."""
    if value is None or value == "":
        return "never"
    found = value
    if isinstance(found, str):
        try:
            parsed = parse_datetime(found)
        except ValueError:
            parsed = None
        if parsed is None:
            return found if isinstance(value, str) else ""
        found = parsed
    if timezone.is_naive(found):
        found = found.replace(tzinfo=UTC)
    shown = clock.local(found)
    text = f"{shown:%d %b %Y, %H:%M} {clock.zone_word(shown)}"
    if shown.utcoffset() == timedelta(0):
        return format_html('<time datetime="{}">{}</time>', found.isoformat(), text)
    title = f"{found.astimezone(UTC):%d %b %Y, %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', found.isoformat(), title, text)


@register.filter
def in_utc(value: datetime) -> str:
    """A moment as sums per hour or day begin, which are those of UTC for everybody."""
    return f"{value.astimezone(UTC):%d %b %Y, %H:%M} UTC"


@register.filter
def thousands(value: Any) -> str:
    """12345 -> "12,345", whatever the locale; anything that is no whole number as it is."""
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.filter
def counted(count: int, words: str) -> str:
    """`3|counted:"module,modules"` -> "3 modules"."""
    one, _, many = words.partition(",")
    return f"{count:,} {one if count == 1 else many}"


@register.filter
def environment_word(environment: str) -> str:
    return ENVIRONMENTS.get(environment, environment)


@register.filter
def message_code(error: Any) -> str:
    """The code that an error page or fragment carries in `data-error-code` (reliability.md)."""
    return str(getattr(error, "message_code", "") or "")


@register.filter
def again_at(error: Any) -> datetime | None:
    """When an error that only asks for patience may be tried again; None for every other error."""
    wait_s = getattr(error, "retry_after_s", None)
    return timezone.now() + timedelta(seconds=wait_s) if wait_s else None


@register.filter
def page_name(name: str) -> str:
    """What people call a page: `"modules:fields"|page_name` -> "Fields of a module"."""
    return name_of_page(name)


@register.filter
def spaced(name: str) -> str:
    """`"related_lists"|spaced` -> "related lists"."""
    return str(name).replace("_", " ")


@register.filter
def room_name(namespace: str) -> str:
    """What the navigation calls a room: `"catalogue"|room_name` -> "APIs"."""
    return next((name for room, _, name in ROOMS if room == namespace), namespace.capitalize())


@register.inclusion_tag("shared/_rooms.html", takes_context=True)
def rooms(context: Context) -> dict[str, Any]:
    """The navigation of the organisation in use; the room one is in is marked."""
    slug = context["connection"].slug
    here = _namespace(context)
    return {"rooms": [(reverse(door, args=[slug]), name, namespace == here) for namespace, door, name in ROOMS]}


@register.simple_tag(takes_context=True)
def same_room(context: Context, slug: str) -> str:
    """The address of the room one is in, in another organisation: an object of this one may not exist there."""
    here = _namespace(context)
    return reverse(next((door for namespace, door, _ in ROOMS if namespace == here), "home:index"), args=[slug])


def _namespace(context: Context) -> str:
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    return str(match.namespace) if match else ""
