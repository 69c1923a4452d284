"""Records that somebody may mean by a few letters or an id, for the look-ups of a form."""

from console.http import CrmRequest
from console.parts import part
from console.records.columns import name_field
from console.records.lines import name_of_record
from console.records.search import OPERATORS_OF
from crm_client.criteria import Criteria, all_of, any_of, where
from crm_client.errors import CrmError, InvalidRequest
from crm_client.fields import Field
from crm_client.values import is_id

MOST = 10
SHORTEST = 2
_LONGEST = 100
_NOTES = ("Account_Name", "Company", "Email", "Phone", "Product_Code", "Stage", "Status")

Match = tuple[str, str, str]


def matches(request: CrmRequest, module: str, text: str) -> list[Match]:
    """(id, name, note) of the records of a module that the text may mean; one call, at most ten.

    raises  CrmError when the CRM cannot be asked
    """
    text = " ".join(text.split())[:_LONGEST]
    if module == "users":
        return _people(request, text)
    fields = part(lambda: request.kept.fields(module))
    known = fields.kept.value if fields.kept else []
    if is_id(text) and len(text) >= 15:
        return _by_id(request, module, text, known)
    if len(text) < SHORTEST:
        return []
    named = name_field(known)
    names = [named.api_name] if named else []
    notes = [one.api_name for one in known if one.api_name in _NOTES and one.api_name not in names][:2]
    criteria = _begins(named, known, text)
    found = request.crm.records.search(
        module,
        criteria=criteria,
        word=None if criteria else text,
        fields=[*names, *notes] or ["id"],
        per_page=MOST,
    )
    return [_match(record.id, record.raw, known, notes) for record in found.records[:MOST] if record.id]


def _people(request: CrmRequest, text: str) -> list[Match]:
    wanted = text.casefold()
    people = request.kept.users().value
    return [
        (one.id, one.label, one.email)
        for one in people
        if one.is_active and (wanted in f"{one.label}\n{one.email}".casefold() or one.id == text)
    ][:MOST]  # fmt: skip


def _by_id(request: CrmRequest, module: str, id_: str, fields: list[Field]) -> list[Match]:
    try:
        found = request.crm.records.get(module, id_)
    except InvalidRequest:
        found = None
    return [_match(found.id, found.raw, fields, [])] if found else []


def _begins(named: Field | None, fields: list[Field], text: str) -> Criteria | None:
    """Whose name begins with the text; None where the name is nothing that can be searched by."""
    known = {one.api_name for one in fields}
    try:
        if {"First_Name", "Last_Name"} <= known:
            first, _, last = text.partition(" ")
            if last:
                return all_of(where("First_Name", "starts_with", first), where("Last_Name", "starts_with", last))
            return any_of(where("First_Name", "starts_with", text), where("Last_Name", "starts_with", text))
        if named and "starts_with" in OPERATORS_OF.get(named.data_type, ()):
            return where(named.api_name, "starts_with", text)
    except CrmError:  # a text that no condition can hold
        return None
    return None


def _match(id_: str, raw: dict[str, object], fields: list[Field], notes: list[str]) -> Match:
    told = [
        str(value.get("name", "")) if isinstance(value, dict) else str(value) for value in map(raw.get, notes) if value
    ]
    return id_, name_of_record(raw, fields) or id_, " · ".join(note for note in told if note)[:120]
