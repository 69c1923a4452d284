"""The list of modules."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.choices import Choice
from console.downloads import download
from console.http import CrmRequest, needs, wants_partial
from console.modules import browse, cells
from console.paging import cut
from console.parts import say_not_refreshed
from crm_client.modules import Module

_REMEMBERED = "module_columns"


@require_GET
@needs("ZohoCRM.settings.modules.READ")
def module_list(request: CrmRequest) -> HttpResponse:
    kept = request.kept.modules()
    choice = _choice(request)
    here = reverse("modules:list", args=[request.connection.slug])
    found = browse.filtered(kept.value, choice)
    shown, pages = cut(
        found, choice.page, choice.everything, lambda page: choice.address(here, page=page), "modules", "modules"
    )
    columns = browse.columns_of(choice)
    context = {
        "kept": kept,
        "refresh": choice.address(reverse("modules:list_refresh", args=[request.connection.slug])),
        "here": here,
        "choice": choice,
        "query": choice.query(page=1),
        "heads": _heads(here, choice, [browse.NAME, *columns]),
        "rows": _rows(here, shown, columns),
        "pages": pages,
        "found": len(found),
        "all": len(kept.value),
    }
    if wants_partial(request):
        response = render(request, "modules/_table.html", context)
        response.headers["HX-Push-Url"] = choice.address(here)
        return response
    statuses, kinds = browse.options(kept.value, choice)
    context |= {
        "statuses": statuses,
        "kinds": kinds,
        "abilities": [(ability.key, ability.title, choice.flags.get(ability.key, "")) for ability in browse.ABILITIES],
        "choosable": [(column.key, column.title, column in columns) for column in browse.COLUMNS[1:]],
    }
    return render(request, "modules/list.html", context)


@require_POST
@needs("ZohoCRM.settings.modules.READ")
def module_list_refresh(request: CrmRequest) -> HttpResponse:
    kept = request.kept.modules(refresh=True)
    if kept.problem:
        say_not_refreshed(request, kept.problem)
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("modules:list", args=[request.connection.slug]) + (f"?{query}" if query else ""))


@require_GET
@needs("ZohoCRM.settings.modules.READ")
def module_list_download(request: CrmRequest, form: str) -> HttpResponse:
    """Exactly the modules and columns that the list shows, all pages of them."""
    choice = _choice(request)
    name = request.connection.org_name
    table = browse.table(browse.filtered(request.kept.modules().value, choice), choice, f"Modules of {name}")
    return download(request, table, form, name, "modules")


def _choice(request: CrmRequest) -> Choice:
    """The choice in the address; columns chosen once stay until others are chosen."""
    choice = browse.read_choice(dict(request.GET.lists()))
    remembered = tuple(request.session.get(_REMEMBERED, ()))
    if "columns" not in request.GET:
        return replace(choice, columns=tuple(key for key in remembered if key in browse.BY_KEY))
    if choice.columns != remembered:
        request.session[_REMEMBERED] = list(choice.columns)
    return choice


def _heads(here: str, choice: Choice, columns: list[browse.Column]) -> list[dict[str, str]]:
    return [head(here, choice, column.key, column.title, is_number=column.is_number) for column in columns]


def head(here: str, choice: Choice, key: str, title: str, *, is_number: bool = False) -> dict[str, str]:
    """A column's title: the address that sorts by it, and how it is sorted now."""
    order = ("descending" if choice.descending else "ascending") if choice.sort == key else ""
    address = choice.sorted_by(key).address(here, page=1)
    return {"title": title, "address": address, "sorted": order, "shape": "num" if is_number else ""}


def _maker(column: browse.Column) -> Callable[[object], str]:
    if column.is_flag:
        return cells.flag
    if column.is_number:
        return cells.number
    return cells.code if column.is_code else cells.text


def _rows(here: str, modules: Any, columns: list[browse.Column]) -> list[tuple[str, str, Any]]:
    """(address or "", label, cells made ready) of each module."""
    makers = [_maker(column) for column in columns]
    values = [column.value for column in columns]

    def row(module: Module) -> tuple[str, str, Any]:
        address = f"{here}{module.api_name}/" if module.api_name else ""
        return address, browse.label(module) or "(no name)", cells.row(makers, [value(module) for value in values])

    return [row(module) for module in modules]
