"""One record with everything around it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.found import found_record
from console.http import CrmRequest, needs, wants_partial
from console.paging import page_number
from console.parts import part
from console.raw_json import pretty
from console.records import cells, columns, lines
from console.records.around import FIELDS, LAYOUTS, LISTS, MODULES, OWN_PAGES, READ, Around, around, label, links_of
from console.records.choice import LONGEST_TOKEN
from console.records.values import Eyes, moment, text_of
from console.records.walk import Walk
from crm_client.custom_views import CustomView
from crm_client.errors import NotFound
from crm_client.fields import Field
from crm_client.records import Record
from crm_client.related_lists import RelatedList
from crm_client.values import is_api_name

_BESIDE = (("notes", "Notes"), ("attachments", "Attachments"), ("timeline", "Timeline"))
_RELATED_COLUMNS = 7
_RELATED_ROWS = 50


@require_GET
@needs(READ, MODULES, FIELDS, LAYOUTS, LISTS)
def record_detail(request: CrmRequest, module: str, record: str) -> HttpResponse:
    place = around(request, module)
    found = read_record(request, place, record)
    layouts = part(lambda: request.kept.layouts(module))
    lists = part(lambda: request.kept.related_lists(module))
    layout = lines.layout_of(found.raw, layouts.kept.value if layouts.kept else [])
    blocks = lines.blocks(found.raw, place.known_fields, layout, place.eyes, _subform_fields(request))
    hide_empty = request.GET.get("empty") == "hide"
    walk = Walk.read(str(request.GET.get("from", "")))
    return render(
        request,
        "records/record.html",
        {
            **frame(request, place, found, walk),
            "layouts": layouts,
            "lists": lists,
            "layout": layout,
            "blocks": lines.filled(blocks) if hide_empty else blocks,
            "hide_empty": hide_empty,
            "empty": sum(line.is_empty for block in blocks for line in block.lines),
            "onward": walk.before(module, record).then(module, record).query(),
            "beside": _BESIDE if module not in OWN_PAGES else (),
            "related": _related_lists(request, lists.kept.value if lists.kept else []),
            "raw": pretty(found.raw),
            "facts": _facts(place, found),
            "marks": _marks(found),
            "in_process": found.raw.get("$process_flow") is True,
            "zone": place.eyes.zone.key if place.eyes.zone else "",
        },
    )


@require_GET
@needs(READ, MODULES, FIELDS, LISTS)
def related(request: CrmRequest, module: str, record: str, related: str) -> HttpResponse:
    """One related list of a record: a page, and for htmx what unfolds on the record's own."""
    place = around(request, module)
    lists = request.kept.related_lists(module).value
    wanted = next((one for one in lists if one.api_name == related), None)
    if wanted is None or wanted.module is None or not is_api_name(wanted.module.name):
        raise NotFound("the kept list of related lists does not have it", what=f"the related list {related}")
    other = around(request, wanted.module.name)
    views = request.kept.known("custom_views", other.module.api_name)
    default = next((one for one in views.value if one.default is True), None) if views else None
    shown = _columns(wanted, other.known_fields, default)
    name = columns.name_field(other.known_fields)
    names = list(dict.fromkeys([*([name.api_name] if name else []), *(field.api_name for field in shown)])) or ["id"]
    token = str(request.GET.get("token", ""))[:LONGEST_TOKEN]
    number = page_number(str(request.GET.get("page", "")))
    found = request.crm.records.related(
        module, record, related, names, None if token else number, page_token=token or None, per_page=_RELATED_ROWS
    )
    walk = Walk.read(str(request.GET.get("from", "")))
    makers = [(field.api_name, cells.cell(field, place.eyes, place.records)) for field in shown]
    context = {
        "place": place,
        "record": record,
        "here": f"{place.here}{record}/",
        "back": f"{place.here}{record}/{walk.query()}",
        "list": wanted,
        "other": other,
        "name_title": name.label if name else "Record",
        "heads": [(field.label, "num" if field.data_type in cells.NUMBERS else "") for field in shown],
        "rows": cells.rows(found.records, makers, _namer(name), other.here),
        "count": len(found.records),
        "page": number,
        "more": found.info.more_records,
        "walk": walk.query(),
    }
    partial = wants_partial(request)
    return render(request, "records/_related.html" if partial else "records/related.html", context)


def read_record(request: CrmRequest, place: Around, id_: str) -> Record:
    """The record of the address. Raises NotFound where the CRM has none."""
    return found_record(request.crm, place.module.api_name, id_, f"this record of {place.label}")


def frame(request: CrmRequest, place: Around, found: Record, walk: Walk) -> dict[str, Any]:
    """What every page of a record shows around its content."""
    module, links = place.module, links_of(request)
    known = {one.api_name: one for one in request.kept.modules().value}
    crumbs = [
        (known[name].singular_label or name, id_, address)
        for name, id_, address in walk.before(module.api_name, found.id).crumbs(place.records)
        if name in known
    ]
    return {
        "place": place,
        "module": module,
        "label": place.label,
        "singular": place.singular,
        "record": found,
        "name": lines.name_of_record(found.raw, place.known_fields),
        "here": f"{place.here}{found.id}/",
        "crumbs": crumbs,
        "walk": walk.query(),
        "zoho": links.record(module.module_name, found.id),
        "zoho_why_not": links.why_not,
    }


def _subform_fields(request: CrmRequest) -> lines.SubformFields:
    def fields(module: str) -> Sequence[Field]:
        found = part(lambda: request.kept.fields(module))
        return found.kept.value if found.kept else []

    return fields


def _related_lists(request: CrmRequest, lists: Sequence[RelatedList]) -> list[tuple[str, str, str]]:
    """(API name, label, module's label) of the lists that can be read, in the CRM's order."""
    known = {one.api_name: one for one in request.kept.modules().value}
    return [
        (one.api_name, one.label, label(known[one.module.name]))
        for one in lists
        if one.module and one.module.name in known and is_api_name(one.api_name) and one.api_name not in OWN_PAGES
        and one.status != "hidden"
    ]  # fmt: skip


def _columns(wanted: RelatedList, fields: Sequence[Field], view: CustomView | None) -> list[Field]:
    """The columns of a related list: its own, else those of the module's default view as far as it is kept."""
    can = {field.api_name: field for field in columns.listable(fields)}
    named = columns.name_field(fields)
    own = [can[ref.name] for ref in wanted.fields if ref.name in can]
    shown = own or [can[name] for name in columns.usual(fields, view) if name in can]
    return [field for field in shown if field is not named][:_RELATED_COLUMNS]


def _namer(name: Field | None) -> Any:
    if name is None:
        return lambda record: record.id
    text = text_of(name, Eyes())
    return lambda record: text(record.raw.get(name.api_name)) or f"(no name) {record.id}"


def _facts(place: Around, found: Record) -> list[tuple[str, str]]:
    """What one wants to know first."""
    zone = place.eyes.zone
    owner = found.owner
    told = [("Owner", owner.name if owner else "")]
    for key, words in (("Created", "Created_Time"), ("Changed", "Modified_Time")):
        told.append((key, moment(found.raw.get(words), zone)))
    return [(name, text) for name, text in told if text]


def _marks(found: Record) -> list[tuple[str, str]]:
    """(words, kind of tag) of states that matter before anything is done."""
    marks = []
    if found.raw.get("$locked_for_me") is True or found.raw.get("Locked__s") is True:
        marks.append(("locked", "warn"))
    if found.raw.get("$editable") is False:
        marks.append(("not yours to change", "warn"))
    if found.raw.get("$process_flow") is True:
        marks.append(("in a blueprint", ""))
    state = found.get("$approval_state")
    if isinstance(state, str) and state not in ("", "approved"):
        marks.append((state.replace("_", " "), "warn"))
    if found.raw.get("Converted__s") is True:
        marks.append(("converted", ""))
    return marks
