"""What every view of the house receives and declares: the typed request, page or partial, the scopes it needs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from console.connections.models import Connection, User
    from console.metadata.kept import KeptMetadata
    from crm_client import CrmClient

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


class CrmRequest(HttpRequest):
    """A request of a signed-in person, inside one organisation (types only; console.middleware hangs these on).

    connection  the organisation in use, taken from the address
    crm         a client speaking as that connection; made at the first use
    kept        what the CRM told about itself, kept with its age; made at the first use
    ends_by     monotonic seconds by which the page must have its answers, whoever asks for them
    """

    user: "User"
    connection: "Connection"
    crm: "CrmClient"
    kept: "KeptMetadata"
    ends_by: float
    htmx: HtmxDetails


def wants_partial(request: HttpRequest) -> bool:
    """True when htmx asks for a piece of the page; a history restore and a boosted link get the whole page (D17)."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def needs(*scopes: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares the OAuth scopes that a view's CRM calls need: `@needs("ZohoCRM.settings.modules.READ")`.

    The doctor and the home page read them from the URL configuration; nothing is refused here, since the CRM is the
    judge and a kept copy may still answer.
    """

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.needs = scopes  # type: ignore[attr-defined]
        return view

    return declare


def scopes_needed_by(view: Callable[..., Any]) -> tuple[str, ...]:
    """The scopes a view declared with `needs`; empty when it makes no CRM call of its own."""
    return getattr(view, "needs", ())


def declares_needs(view: Callable[..., Any]) -> bool:
    """Whether a view says what it needs; a page without CRM calls says `@needs()`."""
    return hasattr(view, "needs")
