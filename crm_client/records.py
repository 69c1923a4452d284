"""Records of a module, read only: one page, or all of them.

source  GET /{module}?fields=  zoho.com/crm/developer/docs/api/v8/get-records.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.errors import BadAnswer, InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.paging import PER_PAGE, REACHED_BY_NUMBER, PageInfo
from crm_client.values import JSON, JsonObject, Ref, as_id, as_list, as_object, as_ref, as_text, as_text_or_none
from crm_client.writes import WritesRecords

if TYPE_CHECKING:
    from crm_client.transport import Transport

MOST_FIELDS = 50  # field names in one list call


@dataclass(slots=True)
class Record:
    """One record: what was asked for, by API name, in `raw`; read a value with `get`."""

    id: str
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> Record:
        raw = as_object(raw)
        return cls(as_id(raw.get("id")), raw)

    def get(self, api_name: str) -> JSON:
        """The value as the CRM sent it, None when empty or not asked for; texts made safe to store and show."""
        value = self.raw.get(api_name)
        return as_text(value) if type(value) is str else value

    def ref(self, api_name: str) -> Ref | None:
        """The value of a lookup or user field."""
        return as_ref(self.raw.get(api_name))

    @property
    def created_time(self) -> str | None:
        return as_text_or_none(self.raw.get("Created_Time"))

    @property
    def modified_time(self) -> str | None:
        return as_text_or_none(self.raw.get("Modified_Time"))

    @property
    def owner(self) -> Ref | None:
        return self.ref("Owner")


@dataclass(slots=True)
class RecordPage:
    """One page of records, and what leads on."""

    records: list[Record]
    info: PageInfo


class Records(WritesRecords):
    """`CrmClient.records`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(
        self,
        module: str,
        fields: Iterable[str],
        page: int | None = None,
        *,
        page_token: str | None = None,
        per_page: int = PER_PAGE,
        sort_by: str | None = None,
        sort_order: str | None = None,
        cvid: str | None = None,
        ids: Iterable[str] | None = None,
        converted: str | None = None,
    ) -> RecordPage:
        """One page of a module's records; an empty one when the CRM answers 204.

        module      api_name such as "Leads"
        fields      API names, 1 to 50; subforms and multi-select lookups never come in lists
        page        from 1, up to record 2,000; or page_token from `info.next_page_token`, with the same parameters
        sort_by     id (default), Created_Time, Modified_Time; not together with cvid (id of a custom view)
        raises      InvalidName, NotFound, NotAllowed, ScopeMissing, TooManyRequests, any NoAnswer,
                    InvalidRequest with TOKEN_BOUND_DATA_MISMATCH or EXPIRED_VALUE when a token no longer leads on
        source      GET /{module}
        """
        params: dict[str, str | int | None] = {
            "fields": ",".join(_checked_fields(fields)),
            "page": page,
            "page_token": page_token,
            "per_page": per_page,
            "sort_by": sort_by,
            "sort_order": sort_order,
            "converted": converted,
            "cvid": None if cvid is None else checked_id(cvid, "the custom view"),
            "ids": None if ids is None else ",".join(checked_id(id_, "the record") for id_ in ids),
        }
        path = f"/{checked_name(module, 'the records of')}"
        body = self._transport.get(path, params, what=f"records of {module}")
        return RecordPage(as_list(body.get("data"), Record.from_api), PageInfo.from_api(body.get("info")))

    def all(
        self,
        module: str,
        fields: Iterable[str],
        *,
        per_page: int = PER_PAGE,
        sort_by: str | None = None,
        sort_order: str | None = None,
        cvid: str | None = None,
        converted: str | None = None,
    ) -> Iterator[Record]:
        """Every record of a module, page by page, following tokens; up to 100,000, where the CRM stops.

        raises   BadAnswer when the pages do not lead on (a token that comes twice, an empty page that promises more,
                 no token beyond record 2,000); else as `page`
        """
        fields = list(fields)
        page: int | None = None  # tokens may be used from the first page on: no number, then the token
        token: str | None = None
        seen: set[str] = set()
        while True:
            found = self.page(
                module,
                fields,
                page,
                page_token=token,
                per_page=per_page,
                sort_by=sort_by,
                sort_order=sort_order,
                cvid=cvid,
                converted=converted,
            )
            yield from found.records
            if not found.info.more_records:
                return
            what = f"records of {module}"
            if not found.records:
                raise BadAnswer("a page is empty and yet promises more", what=what)
            token = found.info.next_page_token
            if token is None:
                page = (page or 1) + 1
                if page * per_page > REACHED_BY_NUMBER:
                    raise BadAnswer("there are more than 2,000 and no token leads on", what=what)
            elif token in seen:
                raise BadAnswer("its pages lead in a circle", what=what)
            else:
                seen.add(token)
                page = None

    def get(self, module: str, id: str) -> Record | None:
        """One record with all its fields; None when there is none of that id (204).

        raises   InvalidRequest (INVALID_DATA) for an id the CRM does not know, else as `page`
        source   GET /{module}/{id}
        """
        path = f"/{checked_name(module, 'a record of')}/{checked_id(id, 'the record')}"
        records = as_list(self._transport.get(path, what=f"a record of {module}").get("data"), Record.from_api)
        return records[0] if records else None


def _checked_fields(fields: Iterable[str]) -> list[str]:
    """The field names of a list call; `$`-keys such as "$approval_state" are allowed."""
    names = list(fields)
    for name in names:
        checked_name(name.removeprefix("$"), "the field")
    if not 1 <= len(names) <= MOST_FIELDS:
        raise InvalidName(f"a list call takes 1 to {MOST_FIELDS} fields, not {len(names)}", what="records")
    return names
