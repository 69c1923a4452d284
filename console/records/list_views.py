"""The list of a module's records, its conditions and columns, and how many there are."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.errors import status_of
from console.http import CrmRequest, needs, wants_partial
from console.parts import Part, part
from console.records import cells, columns, listing, search
from console.records.around import (
    FIELDS,
    LAYOUTS,
    LISTS,
    MODULES,
    OWN_PAGES,
    READ,
    VIEWS,
    Around,
    around,
    label,
    links_of,
    module_of,
)
from console.records.choice import CONVERTED, LOOK_IN, MOST_CONDITIONS, SIZES, SORTS, Condition, ListChoice, read_choice
from console.records.models import ColumnMemory
from console.records.search import CannotMeanError
from crm_client.custom_views import CustomView
from crm_client.modules import Module

SEARCH = "ZohoSearch.securesearch.READ"
_LOOK_IN_WORDS = {"word": "Anywhere", "email": "In email addresses", "phone": "In phone numbers"}
_CONVERTED_WORDS = {"false": "Not converted", "true": "Converted only", "both": "Both"}
_BEHIND = ("subform", "linking", "field_tracker")
_LINES = 3  # empty rows offered for conditions beside those that stand


@require_GET
@needs(MODULES)
def chooser(request: CrmRequest) -> HttpResponse:
    """The modules whose records the API gives."""
    kept = request.kept.modules()
    words = " ".join(str(request.GET.get("q", "")).split())[:200]
    wanted = words.casefold()
    shown = [module for module in kept.value if has_records(module)]
    found = [
        module
        for module in shown
        if wanted in f"{module.plural_label}\n{module.singular_label}\n{module.api_name}".casefold()
    ]
    usual = [module for module in found if module.status == "visible" and module.generated_type not in _BEHIND]
    others = [module for module in found if module not in usual]
    context = {
        "kept": kept,
        "refresh": reverse("records:chooser_refresh", args=[request.connection.slug]),
        "here": reverse("records:chooser", args=[request.connection.slug]),
        "words": words,
        "groups": [(title, _lines(group)) for title, group in (("Modules", usual), ("Behind the modules", others))],
        "found": len(found),
        "all": len(shown),
    }
    partial = wants_partial(request)
    return render(request, "records/_modules.html" if partial else "records/chooser.html", context)


@require_POST
@needs(MODULES)
def chooser_refresh(request: CrmRequest) -> HttpResponse:
    problem = request.kept.modules(refresh=True).problem
    if problem:
        messages.error(request, f"{problem.sentence()} {problem.next_step}", problem.message_code)
    return redirect("records:chooser", request.connection.slug)


def has_records(module: Module) -> bool:
    """Whether the API lists its records for this person."""
    return bool(
        module.api_name
        and module.api_supported is not False
        and module.viewable is not False
        and module.generated_type != "web"
        and module.api_name not in OWN_PAGES
    )


def _lines(modules: list[Module]) -> list[tuple[str, str, str, bool]]:
    """(API name, label, kind, may create) of each module."""
    return [(one.api_name, label(one), one.generated_type, one.creatable is True) for one in modules]


@require_GET
@needs(READ, MODULES, FIELDS, VIEWS)
def record_list(request: CrmRequest, module: str) -> HttpResponse:
    place, views, found = planned(request, module)
    if "match" in request.GET and not wants_partial(request):  # the form of conditions, empty rows and all
        tidy = replace(found.choice, columns=_choice(request).columns).address(place.here)
        if tidy != request.get_full_path():
            return redirect(tidy)
    listing.carry_out(request.crm, module, found, place)
    choice = found.choice
    context = {
        **around_list(place, found),
        "steps": listing.steps(found, place.here),
        "rows": _rows(place, found),
        "count_price": listing.credit_words(listing.count_price(request, module)),
        "page_price": listing.credit_words(listing.page_price(request, module, choice)),
        "zone": place.eyes.zone.key if place.eyes.zone else "",
    }
    status = status_of(found.problem) if found.problem else 200
    if wants_partial(request):
        response = render(request, "records/_table.html", context, status=status)
        response.headers["HX-Push-Url"] = choice.address(place.here)
        return response
    context |= {
        "views": views,
        "view_groups": listing.grouped(views.kept),
        "view_price": listing.credit_words(listing.page_price(request, module, ListChoice(view="1"))),
        "plain_price": listing.credit_words(listing.page_price(request, module, ListChoice())),
        "sorts": [
            (f"{sign}{key}", f"{name}, {words}")
            for key, name in SORTS.items()
            for sign, words in (("-", "newest first"), ("", "oldest first"))
        ],
        "sort": ("-" if choice.descending else "") + choice.sort if choice.sort else "",
        "sizes": SIZES,
        "look_in": [(key, _LOOK_IN_WORDS[key]) for key in LOOK_IN],
        "converted": [(key, _CONVERTED_WORDS[key]) for key in CONVERTED] if place.module.convertable else [],
        "zoho": links_of(request).custom_view(place.module.module_name, choice.view)
        or links_of(request).module(place.module.module_name),
        "zoho_why_not": links_of(request).why_not,
    }
    return render(request, "records/list.html", context, status=status)


@require_POST
@needs(MODULES, FIELDS, LAYOUTS, VIEWS, LISTS)
def refresh_settings(request: CrmRequest, module: str) -> HttpResponse:
    """Asks the CRM again for what lists and forms of a module are made of, then goes back to the list."""
    name, kept = module_of(request, module).api_name, request.kept
    parts: list[Part[Any]] = [
        part(lambda: kept.fields(name, refresh=True)),
        part(lambda: kept.layouts(name, refresh=True)),
        part(lambda: kept.custom_views(name, refresh=True)),
        part(lambda: kept.related_lists(name, refresh=True)),
    ]
    problems = [one.kept.problem if one.kept else one.problem for one in parts]
    if wrong := next((problem for problem in problems if problem), None):
        messages.error(request, f"{wrong.sentence()} {wrong.next_step}", wrong.message_code)
    query = request.META.get("QUERY_STRING", "")
    here = reverse("records:list", args=[request.connection.slug, name])
    return redirect(f"{here}?{query}" if query else here)


@require_GET
@needs(MODULES, FIELDS)
def conditions(request: CrmRequest, module: str) -> HttpResponse:
    """The conditions of a search to fill in: a page, and for htmx the drawer beside the list."""
    place = around(request, module)
    choice = _choice(request)
    lines = [*choice.conditions, *[Condition("", "", "")] * _LINES][: max(MOST_CONDITIONS, len(choice.conditions))]
    fields = sorted(search.searchable(place.known_fields), key=lambda field: field.label.casefold())
    rest = replace(choice, conditions=(), words="", page=1, token="", view="")
    context = {
        **_around(place, choice),
        "back": choice.address(place.here),
        "lines": list(enumerate(lines, 1)),
        "choices": [
            (field.api_name, field.label, " ".join(search.OPERATORS_OF[field.data_type]), field.data_type)
            for field in fields
        ],
        "operators": search.OPERATOR_WORDS.items(),
        "hidden": rest.pairs(),
    }
    partial = wants_partial(request)
    return render(request, "records/_conditions.html" if partial else "records/conditions.html", context)


@require_GET
@needs(MODULES, FIELDS, VIEWS)
def choose_columns(request: CrmRequest, module: str) -> HttpResponse:
    """The columns to choose from: a page, and for htmx the drawer beside the list."""
    place, _, found = planned(request, module)
    on = {field.api_name for field in found.columns}
    can = [field for field in columns.listable(place.known_fields) if field is not found.name]
    chosen = [field for field in found.columns if field in can]
    context = {
        **_around(place, found.choice),
        "back": found.choice.address(place.here),
        "choices": [
            (field.api_name, field.label, field.data_type, field.api_name in on)
            for field in [*chosen, *(field for field in can if field.api_name not in on)]
        ],
        "most": columns.MOST_COLUMNS,
        "hidden": replace(found.choice, columns=(), page=1, token="").pairs(),
        "remembered": _memory(request, module, found.choice.view),
        "query": found.choice.query(),
    }
    partial = wants_partial(request)
    return render(request, "records/_columns.html" if partial else "records/columns.html", context)


@require_POST
@needs(MODULES)
def set_columns(request: CrmRequest, module: str) -> HttpResponse:
    """The list with the chosen columns: once, by its address; or from now on, kept for person, module and view."""
    choice = read_choice(dict(request.POST.lists()))
    here = reverse("records:list", args=[request.connection.slug, module])
    if request.POST.get("do") == "show":
        return redirect(choice.address(here))
    key: dict[str, Any] = {
        "connection": request.connection,
        "module": module_of(request, module).api_name,
        "view": choice.view,
    }
    if request.POST.get("do") != "remember" or not choice.columns:
        ColumnMemory.objects.filter(**key).delete()
        messages.success(request, "The usual columns are shown again.")
    else:
        ColumnMemory.objects.update_or_create(**key, defaults={"columns": list(choice.columns)})
        messages.success(request, "These columns are shown from now on.")
    return redirect(replace(choice, columns=()).address(here))


@require_POST
@needs(READ, SEARCH, "ZohoCRM.settings.layouts.READ")
def count(request: CrmRequest, module: str) -> HttpResponse:
    """How many records the list has in all: a call of its own, on a click, because of its price."""
    place, _, found = planned(request, module)
    price = listing.credit_words(listing.count_price(request, module))
    context = {**around_list(place, found), "count_price": price, "number": None}
    choice = found.choice
    try:
        wanted = search.asked(choice, place.known_fields, place.eyes.zone)
    except CannotMeanError as exc:
        context["refusal"] = str(exc)
    else:
        context["number"] = request.crm.records.count(
            module,
            cvid=choice.view or None,
            criteria=wanted.criteria if wanted else None,
            email=wanted.email if wanted else None,
            phone=wanted.phone if wanted else None,
            word=wanted.word if wanted else None,
        )
    return render(request, "records/_count.html" if wants_partial(request) else "records/count.html", context)


def planned(request: CrmRequest, module: str) -> tuple[Around, Part[list[CustomView]], listing.Listing]:
    place = around(request, module)
    views = part(lambda: request.kept.custom_views(module))
    choice = _choice(request)
    remembered = () if choice.columns else _memory(request, module, choice.view)
    return place, views, listing.plan(place, views, choice, remembered)


def _choice(request: CrmRequest) -> ListChoice:
    return read_choice(dict(request.GET.lists()))


def _memory(request: CrmRequest, module: str, view: str) -> tuple[str, ...]:
    mine = ColumnMemory.objects.for_user(request.user).filter(connection=request.connection)
    return tuple(mine.filter(module=module, view=view).values_list("columns", flat=True).first() or ())


def _around(place: Around, choice: ListChoice) -> dict[str, Any]:
    return {
        "place": place,
        "module": place.module,
        "label": place.label,
        "here": place.here,
        "choice": choice,
    }


def around_list(place: Around, found: listing.Listing) -> dict[str, Any]:
    """What the table and the count both show."""
    choice = found.choice
    return {
        **_around(place, choice),
        "listing": found,
        "query": choice.query(),
        "in_words": [] if found.refusal else _in_words(place, choice),
        "heads": [_head(place.here, choice, field.api_name, field.label, field.data_type) for field in found.columns],
        "name_title": found.name.label if found.name else "Record",
        "last_by_number": choice.at(choice.last_by_number).address(place.here),
        "clear": replace(choice, words="", conditions=(), page=1, token="").address(place.here),
    }


def _in_words(place: Around, choice: ListChoice) -> list[tuple[str, str, str, str]]:
    """(field, operator, value, address without it) of each condition."""
    labels = {field.api_name: field.label for field in place.known_fields}
    found = []
    for number, row in enumerate(choice.conditions):
        others = (*choice.conditions[:number], *choice.conditions[number + 1 :])
        without = replace(choice, conditions=others, page=1, token="").address(place.here)
        words = search.OPERATOR_WORDS.get(row.operator, row.operator)
        found.append((labels.get(row.field, row.field), words, row.value, without))
    return found


def _head(here: str, choice: ListChoice, key: str, title: str, kind: str) -> tuple[str, str, str, str]:
    """(title, address that sorts by it or "", how it is sorted now, shape) of a column."""
    shape = "num" if kind in cells.NUMBERS else ""
    if key not in SORTS or choice.view or choice.is_search:
        return title, "", "", shape
    order = ("descending" if choice.descending else "ascending") if choice.sort == key else ""
    return title, choice.sorted_by(key).address(here), order, shape


def _rows(place: Around, found: listing.Listing) -> str:
    if found.found is None:
        return ""
    makers = [(field.api_name, cells.cell(field, place.eyes, place.records)) for field in found.columns]
    return cells.rows(found.found.records, makers, found.title(), place.here)
