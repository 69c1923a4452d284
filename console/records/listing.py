"""One page of a module's records: which call to make for the choice in the address, and what leads on from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from console.costs.price_lists import price_list
from console.costs.prices import Price
from console.http import CrmRequest
from console.metadata.kept import Kept
from console.parts import Part
from console.records import columns, search
from console.records.around import Around
from console.records.choice import ListChoice
from console.records.search import Asked, CannotMeanError
from console.records.values import Eyes, text_of
from crm_client import CrmClient
from crm_client.custom_views import CustomView
from crm_client.errors import CrmError, InvalidRequest
from crm_client.fields import Field
from crm_client.paging import REACHED_BY_NUMBER
from crm_client.records import Record, RecordPage

REACHED_BY_TOKEN = 100_000  # records of one list, however it is paged through
TOKEN_OVER = frozenset({"EXPIRED_VALUE", "TOKEN_BOUND_DATA_MISMATCH", "INVALID_DATA"})


@dataclass(slots=True)
class Listing:
    """What a list's page shows.

    choice    as it was carried out: without what the CRM cannot do together
    notes     what was left out of the choice, in sentences
    columns   the fields beside the name
    found     None when nothing could be asked; `problem` or `refusal` then says why
    refusal   a sentence: what was typed cannot be meant, so nothing was asked
    is_over   the token in the address leads no further
    too_far   the page lies where a number does not lead, so nothing was asked
    """

    choice: ListChoice
    columns: list[Field]
    name: Field | None
    view: CustomView | None
    notes: list[str] = field(default_factory=list)
    found: RecordPage | None = None
    problem: CrmError | None = None
    refusal: str = ""
    is_over: bool = False
    too_far: bool = False

    @property
    def names(self) -> list[str]:
        """The API names that the call asks for."""
        own = [self.name.api_name] if self.name else []
        return [*own, *(column.api_name for column in self.columns)] or ["id"]

    def title(self) -> Callable[[Record], str]:
        """How a record is called in the list."""
        name = self.name
        if name is None:
            return lambda record: record.id or "(no id)"
        text = text_of(name, Eyes())
        return lambda record: text(record.raw.get(name.api_name)) or f"(no name) {record.id}"


def plan(place: Around, views: Part[list[CustomView]], choice: ListChoice, remembered: Sequence[str]) -> Listing:
    """The list that a choice means, before anything is asked of the CRM.

    remembered  the columns that this person keeps for the list; used when the address names none
    """
    notes = []
    every = views.kept.value if views.kept else []
    view = next((one for one in every if one.id == choice.view), None) if choice.view else None
    if choice.is_search and choice.view:
        notes.append("Zoho CRM searches all records of the module, so the view was left.")
        choice, view = replace(choice, view=""), None
    if choice.view and choice.sort:
        notes.append("Zoho CRM keeps a view’s own order. Choose all records to sort.")
        choice = replace(choice, sort="")
    if choice.is_search and choice.sort:
        notes.append("Zoho CRM does not sort what a search finds.")
        choice = replace(choice, sort="")
    if choice.conditions and choice.words:
        notes.append(f"Zoho CRM takes one kind of search: the conditions count, “{choice.words}” was left out.")
        choice = replace(choice, words="")
    fields = place.known_fields
    by_name = {one.api_name: one for one in columns.listable(fields)}
    default = next((one for one in every if one.default is True), None)
    wanted = choice.columns or remembered or columns.usual(fields, view or default)
    name = columns.name_field(fields)
    shown = [by_name[key] for key in wanted if key in by_name and by_name[key] is not name]
    if not fields:  # the fields could not be read: what was asked for is shown as it comes
        shown = [_unknown(key) for key in wanted or ("Created_Time", "Modified_Time")]
    return Listing(choice, shown[: columns.MOST_COLUMNS], name, view, notes)


def carry_out(crm: CrmClient, module: str, listing: Listing, place: Around) -> None:
    """Makes the one call of the list; what goes wrong stands in `problem`, `refusal`, `is_over` or `too_far`."""
    choice = listing.choice
    if not choice.token and choice.page > choice.last_by_number:
        listing.too_far = True
        return
    try:
        wanted = search.asked(choice, place.known_fields, place.eyes.zone)
        listing.found = fetch(crm, module, listing.names, choice, wanted)
    except CannotMeanError as exc:
        listing.refusal = str(exc)
    except InvalidRequest as exc:
        listing.is_over = bool(choice.token) and exc.code in TOKEN_OVER
        listing.problem = None if listing.is_over else exc
    except CrmError as exc:
        listing.problem = exc


def fetch(
    crm: CrmClient, module: str, names: Sequence[str], choice: ListChoice, wanted: Asked | None, size: int = 0
) -> RecordPage:
    """One page of records. `size` 0: as many as the choice says."""
    size = size or choice.size
    if wanted is not None:
        return crm.records.search(
            module,
            criteria=wanted.criteria,
            email=wanted.email,
            phone=wanted.phone,
            word=wanted.word,
            fields=names,
            page=choice.page,
            per_page=size,
            converted=None if choice.converted == "false" else choice.converted,
        )
    return crm.records.page(
        module,
        names,
        None if choice.token else choice.page,
        page_token=choice.token or None,
        per_page=size,
        sort_by=choice.sort or None,
        sort_order=("desc" if choice.descending else "asc") if choice.sort else None,
        cvid=choice.view or None,
        converted=None if choice.converted == "false" else choice.converted,
    )


@dataclass(slots=True)
class Steps:
    """Where the page lies, and the addresses of its neighbours ("" where there is none).

    note  why nothing leads on although there is more
    """

    first: int
    last: int
    more: bool
    previous: str = ""
    next: str = ""
    start: str = ""
    note: str = ""


def steps(listing: Listing, here: str) -> Steps | None:
    """None without an answer of the CRM."""
    if listing.found is None:
        return None
    choice, info = listing.choice, listing.found.info
    count = len(listing.found.records)
    found = Steps(choice.first, choice.first + count - 1, info.more_records)
    if choice.page > 1:
        found.start = choice.at(1).address(here)
        if choice.page - 1 <= choice.last_by_number:
            found.previous = choice.at(choice.page - 1).address(here)
        elif info.previous_page_token:
            found.previous = choice.at(choice.page - 1, info.previous_page_token).address(here)
    if not info.more_records:
        return found
    if choice.page < choice.last_by_number and not choice.token:
        found.next = choice.at(choice.page + 1).address(here)
    elif choice.is_search:
        found.note = f"A search of Zoho CRM ends at {REACHED_BY_NUMBER:,} records. Make it narrower to see the others."
    elif found.last >= REACHED_BY_TOKEN:
        found.note = (
            f"Zoho CRM’s lists end at {REACHED_BY_TOKEN:,} records. Sort them the other way round, or use conditions or"
            " a query to see the others."
        )
    elif info.next_page_token:
        found.next = choice.at(choice.page + 1, info.next_page_token).address(here)
    else:
        found.note = "Zoho CRM says that there are more, but not how to go on. An export reads them all."
    return found


def page_price(request: CrmRequest, module: str, choice: ListChoice) -> Price:
    """The credits of one page."""
    path = f"/{module}/search" if choice.is_search else f"/{module}"
    params = {"cvid": choice.view} if choice.view else {}
    return price_list(request.connection).price("GET", path, params)


def credit_words(price: Price) -> str:
    """ "1 credit", "50 credits": without the doubts, which the ledger of credits tells."""
    return f"{price.credits:,} {'credit' if price.credits == 1 else 'credits'}"


def count_price(request: CrmRequest, module: str) -> Price:
    return price_list(request.connection).price("GET", f"/{module}/actions/count")


def grouped(kept: Kept[list[CustomView]] | None) -> list[tuple[str, list[CustomView]]]:
    """The views under their headings, in the CRM's order."""
    found: dict[str, list[CustomView]] = {}
    for view in kept.value if kept else []:
        if view.id:
            found.setdefault(_CATEGORIES.get(view.category, "Views"), []).append(view)
    return list(found.items())


_CATEGORIES = {
    "public_views": "Views for everybody",
    "created_by_me": "Your own views",
    "shared_with_me": "Shared with you",
    "other_users_views": "Other people’s views",
}


def _unknown(api_name: str) -> Field:
    return Field.from_api({"api_name": api_name, "field_label": api_name, "data_type": "text"})
