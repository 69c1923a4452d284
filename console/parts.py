"""A page made of parts that may fail one by one: what cannot be read says so in its place, the rest stays usable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib import messages

from console.http import CrmRequest
from console.metadata.kept import Kept
from crm_client.errors import CrmError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Either a kept value or the problem that stands in its place."""

    kept: Kept[T] | None
    problem: CrmError | None = None


def part(read: Callable[[], Kept[T]]) -> Part[T]:
    """What `read` gives, or why it could not."""
    try:
        return Part(read())
    except CrmError as exc:
        return Part(None, exc)


def say_not_refreshed(request: CrmRequest, problem: CrmError) -> None:
    """Asking again failed, and the older copy stands there still: said on top of the page that comes."""
    text = f"{problem.sentence()} What is shown is the copy of before. {problem.next_step}"
    messages.error(request, text, problem.message_code)
