"""One module: its attributes, fields, layouts, related lists and custom views."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.downloads import download
from console.http import CrmRequest, needs, wants_partial
from console.metadata.kept import Kept
from console.modules import attributes, browse, browse_fields, cells, drawing, field_page, relations
from console.modules.views import head
from console.modules.words import FIELD_WORDS, MODULE_WORDS
from console.paging import cut
from console.parts import Part, part, say_not_refreshed
from console.raw_json import pretty
from console.zoho_links import ZohoLinks, zoho_links
from crm_client.errors import NotFound
from crm_client.layouts import Layout
from crm_client.modules import Module

_PAGES = {
    "detail": ("modules:detail", "About"),
    "fields": ("modules:fields", "Fields"),
    "layouts": ("modules:layouts", "Layouts"),
    "related-lists": ("modules:related_lists", "Related lists"),
    "custom-views": ("modules:custom_views", "Custom views"),
}
_SHOWN_ELSEWHERE = ("profiles", "related_lists", "layouts", "fields", "custom_view")


@require_GET
@needs("ZohoCRM.settings.modules.READ")
def module_detail(request: CrmRequest, module: str) -> HttpResponse:
    kept, found = _module(request, module)
    has_no_api = _has_no_api(request, found, "module")
    more: Part[Module | None] = Part(None) if has_no_api else part(lambda: request.kept.module(module))
    detail = more.kept.value if more.kept else None
    raw = {**found.raw, **(detail.raw if detail else {})}
    fields = request.kept.known("fields", module)
    before, after = relations.around(found, kept.value)
    return render(
        request,
        "modules/module.html",
        {
            **_around(request, found, "detail"),
            "kept": kept,
            "more": more,
            "has_no_api": has_no_api,
            "has_no_detail": more.kept is not None and detail is None,
            "groups": attributes.groups(raw, MODULE_WORDS, _SHOWN_ELSEWHERE),
            "raw": pretty(raw),
            "neighbours": relations.neighbours(found, kept.value, fields.value if fields else ()),
            "knows_fields": fields is not None,
            "before": before,
            "after": after,
            "arguments": [(argument.name, argument.value) for argument in found.arguments],
        },
    )


@require_GET
@needs("ZohoCRM.settings.modules.READ", "ZohoCRM.settings.fields.READ")
def field_list(request: CrmRequest, module: str) -> HttpResponse:
    _, found = _module(request, module)
    around = _around(request, found, "fields")
    if _has_no_api(request, found, "fields"):
        return render(request, "modules/fields.html", {**around, "has_no_api": True})
    is_first_look = request.kept.known("fields", module) is None
    fields = part(lambda: request.kept.fields(module))
    if fields.kept is None:
        return render(request, "modules/fields.html", {**around, "fields": fields})
    if is_first_look and request.kept.known("layouts", module) is None:
        part(lambda: request.kept.layouts(module))  # which layouts require a field; without them the page says so
    among = _among(request, module, fields.kept)
    choice = browse_fields.read_choice(dict(request.GET.lists()))
    here = reverse("modules:fields", args=[request.connection.slug, module])
    left = browse_fields.filtered(among, choice)
    shown, pages = cut(
        left, choice.page, choice.everything, lambda page: choice.address(here, page=page), "fields", "fields"
    )
    context = {
        **around,
        "fields": fields,
        "kept": fields.kept,
        "refresh": choice.address(around["refresh"]),
        "here": here,
        "choice": choice,
        "query": choice.query(page=1),
        "download": f"/c/{request.connection.slug}/modules/{module}/fields",
        "heads": [
            head(here, choice, column.key, column.title, is_number=column.form == "number")
            for column in browse_fields.COLUMNS
        ],
        "rows": _field_rows(here, shown, among),
        "pages": pages,
        "found": len(left),
        "all": len(among.fields),
        "knows_layouts": among.layouts is not None,
    }
    if wants_partial(request):
        response = render(request, "modules/_fields.html", context)
        response.headers["HX-Push-Url"] = choice.address(here)
        return response
    context["types"] = browse_fields.types(among, choice)
    context["flags"] = [(key, title, choice.flags.get(key, "")) for key, (title, _) in browse_fields.FLAGS.items()]
    return render(request, "modules/fields.html", context)


@require_GET
@needs("ZohoCRM.settings.modules.READ", "ZohoCRM.settings.fields.READ")
def field_list_download(request: CrmRequest, module: str, form: str) -> HttpResponse:
    """Exactly the fields that the list shows, all pages of them."""
    among = _among(request, module, request.kept.fields(module))
    choice = browse_fields.read_choice(dict(request.GET.lists()))
    name = request.connection.org_name
    table = browse_fields.table(browse_fields.filtered(among, choice), among, f"Fields of {module}, {name}")
    return download(request, table, form, name, module, "fields")


@require_GET
@needs("ZohoCRM.settings.modules.READ", "ZohoCRM.settings.fields.READ")
def field_detail(request: CrmRequest, module: str, field: str) -> HttpResponse:
    """A field's page; for htmx the drawer beside the list."""
    _, found = _module(request, module)
    kept = request.kept.fields(module)
    place = next((n for n, item in enumerate(kept.value) if item.id == field), None)
    if place is None:
        raise NotFound("the kept list of its fields has no such id", what=f"a field of {module}")
    item = kept.value[place]
    layouts = request.kept.known("layouts", module)
    here = reverse("modules:fields", args=[request.connection.slug, module])
    back = request.htmx.current_url_abs_path or "" if request.htmx else ""
    links = _links(request)
    context = {
        **_around(request, found, "fields"),
        "kept": kept,
        "field": item,
        "back": back if back.partition("?")[0] == here else here,
        "page": field_page.page_of(item, layouts.value if layouts else None),
        "groups": attributes.groups(item.raw, FIELD_WORDS, field_page.SHOWN_ELSEWHERE),
        "raw": pretty(item.raw),
        "zoho": _field_link(links, module, item.api_name, layouts.value if layouts else ()),
        "before": kept.value[place - 1] if place else None,
        "after": kept.value[place + 1] if place + 1 < len(kept.value) else None,
    }
    return render(request, "modules/_field.html" if wants_partial(request) else "modules/field.html", context)


@require_GET
@needs("ZohoCRM.settings.modules.READ", "ZohoCRM.settings.layouts.READ", "ZohoCRM.settings.fields.READ")
def layout_list(request: CrmRequest, module: str, layout: str = "") -> HttpResponse:
    """The layouts of a module and one of them drawn: the one in the address, else the first."""
    _, found = _module(request, module)
    around = _around(request, found, "layouts")
    if _has_no_api(request, found, "layouts"):
        return render(request, "modules/layouts.html", {**around, "has_no_api": True})
    layouts = part(lambda: request.kept.layouts(module))
    if layouts.kept is None:
        return render(request, "modules/layouts.html", {**around, "layouts": layouts})
    every = layouts.kept.value
    chosen = next((one for one in every if one.id == layout), None) if layout else next(iter(every), None)
    if layout and chosen is None:
        raise NotFound("the kept list of its layouts has no such id", what=f"a layout of {module}")
    fields = part(lambda: request.kept.fields(module))
    sections, unused = drawing.sections(chosen) if chosen else ([], [])
    return render(
        request,
        "modules/layouts.html",
        {
            **around,
            "layouts": layouts,
            "kept": layouts.kept,
            "fields": fields,
            "chosen": chosen,
            "sections": sections,
            "unused": unused,
            "required": sum(place.is_required for section in sections for place in section.places),
            "places": sum(len(section.places) for section in sections),
            "homeless": drawing.on_no_layout(fields.kept.value, every) if fields.kept else [],
            "zoho": _links(request).layout(module, chosen.id) if chosen else "",
        },
    )


@require_GET
@needs("ZohoCRM.settings.modules.READ", "ZohoCRM.settings.related_lists.READ")
def related_lists(request: CrmRequest, module: str) -> HttpResponse:
    kept, found = _module(request, module)
    around = _around(request, found, "related-lists")
    if _has_no_api(request, found, "related_lists"):
        return render(request, "modules/related_lists.html", {**around, "has_no_api": True})
    lists = part(lambda: request.kept.related_lists(module))
    known = {other.api_name for other in kept.value}
    context = {**around, "lists": lists, "known": known}
    return render(request, "modules/related_lists.html", context | ({"kept": lists.kept} if lists.kept else {}))


@require_GET
@needs("ZohoCRM.settings.modules.READ", "ZohoCRM.settings.custom_views.READ")
def custom_views(request: CrmRequest, module: str) -> HttpResponse:
    _, found = _module(request, module)
    around = _around(request, found, "custom-views")
    if _has_no_api(request, found, "custom_views"):
        return render(request, "modules/custom_views.html", {**around, "has_no_api": True})
    views = part(lambda: request.kept.custom_views(module))
    links = _links(request)
    rows = [
        (view, relations.criteria(view.criteria), links.custom_view(found.module_name, view.id))
        for view in (views.kept.value if views.kept else ())
    ]
    context = {**around, "views": views, "rows": rows}
    return render(request, "modules/custom_views.html", context | ({"kept": views.kept} if views.kept else {}))


@require_POST
@needs("ZohoCRM.settings.modules.READ")
def refresh(request: CrmRequest, module: str, part: str) -> HttpResponse:
    """Asks the CRM again for what one page of the module shows, then goes back to that page."""
    if part not in _PAGES:
        raise Http404
    kept = request.kept
    if part == "detail":
        answers: list[Kept[Any]] = [kept.modules(refresh=True), kept.module(module, refresh=True)]
    elif part == "fields":
        answers = [kept.fields(module, refresh=True)]
    elif part == "layouts":
        answers = [kept.layouts(module, refresh=True), kept.fields(module, refresh=True)]
    elif part == "related-lists":
        answers = [kept.related_lists(module, refresh=True)]
    else:
        answers = [kept.custom_views(module, refresh=True)]
    problem = next((answer.problem for answer in answers if answer.problem), None)
    if problem:
        say_not_refreshed(request, problem)
    query = request.META.get("QUERY_STRING", "")
    return redirect(_address(request, part, module) + (f"?{query}" if query else ""))


def _module(request: CrmRequest, api_name: str) -> tuple[Kept[list[Module]], Module]:
    """The kept list of modules and the one of the address; NotFound when the list does not have it."""
    kept = request.kept.modules()
    found = next((module for module in kept.value if module.api_name == api_name), None)
    if found is None:
        raise NotFound("the kept list of modules does not have it", what=f"the module {api_name}")
    return kept, found


def _has_no_api(request: CrmRequest, module: Module, kind: str) -> bool:
    """Whether asking would only cost a refusal; what was told once all the same is shown."""
    return module.api_supported is False and request.kept.known(kind, module.api_name) is None


def _address(request: CrmRequest, part: str, module: str) -> str:
    return reverse(_PAGES[part][0], args=[request.connection.slug, module])


def _around(request: CrmRequest, module: Module, part: str) -> dict[str, Any]:
    """What every page of a module shows around its content."""
    name = module.api_name
    links = _links(request)
    return {
        "module": module,
        "label": browse.label(module),
        "tabs": [(_address(request, key, name), title, "", key == part) for key, (_, title) in _PAGES.items()],
        "tabs_label": f"Pages of {browse.label(module)}",
        "refresh": reverse("modules:refresh", args=[request.connection.slug, name, part]),
        "zoho": links.module(module.module_name) if part not in ("layouts", "fields") else links.layouts(name),
        "zoho_why_not": links.why_not,
    }


def _links(request: CrmRequest) -> ZohoLinks:
    org = request.kept.known("org")
    domain = org.value[0].domain_name if org and org.value else ""
    return zoho_links(request.connection.dc, request.connection.environment, domain)


def _field_link(links: ZohoLinks, module: str, field: str, layouts: Sequence[Layout]) -> str:
    """A field is changed on a layout: the first that has it, else the list of layouts."""
    for layout in layouts:
        if any(item.field.api_name == field for section in layout.sections for item in section.fields):
            return links.layout(module, layout.id)
    return links.layouts(module)


def _among(request: CrmRequest, module: str, kept: Kept[Any]) -> browse_fields.FieldsOf:
    layouts = request.kept.known("layouts", module)
    return browse_fields.fields_of(kept.value, layouts.value if layouts else None)


_MAKERS = {
    "text": cells.text,
    "code": cells.code,
    "flag": cells.flag,
    "number": cells.number,
    "required": cells.required,
}


def _field_rows(here: str, fields: Any, among: browse_fields.FieldsOf) -> list[tuple[str, str, Any]]:
    """(address or "", label, cells made ready) of each field."""
    columns = browse_fields.COLUMNS[1:]
    makers = [_MAKERS[column.form] for column in columns]
    values = [column.value for column in columns]
    return [
        (
            f"{here}{item.id}/" if item.id else "",
            item.label or "(no name)",
            cells.row(makers, [value(item, among) for value in values]),
        )
        for item in fields
    ]
