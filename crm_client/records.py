"""Records of a module: one page or all of them, searched, counted, related to one.

source  GET /{module}?fields=  zoho.com/crm/developer/docs/api/v8/get-records.html
        GET /{module}/search   zoho.com/crm/developer/docs/api/v8/search-records.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.criteria import Criteria, where
from crm_client.errors import BadAnswer, InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.paging import PER_PAGE, REACHED_BY_NUMBER, PageInfo
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_id,
    as_list,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)
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

    def search(
        self,
        module: str,
        *,
        criteria: Criteria | None = None,
        email: str | None = None,
        phone: str | None = None,
        word: str | None = None,
        fields: Iterable[str] = (),
        page: int = 1,
        per_page: int = PER_PAGE,
        converted: str | None = None,
    ) -> RecordPage:
        """One page of the records that a search finds, newest first; up to 2,000 in all.

        criteria, email, phone, word   exactly one of them; criteria from `crm_client.criteria`
        fields    API names, up to 50; none: all that lists have
        converted "false" (default), "true", "both"
        returns   RecordPage; empty when the CRM answers 204. On text, `equals` finds all that contains the value, and
                  what was written a moment ago is not found yet: never confirm a write with this
        raises    InvalidRequest with INVALID_QUERY (`.details`: api_name, reason), INVALID_DATA (a word of less than
                  two letters), LIMIT_REACHED (beyond 2,000); ScopeMissing without ZohoSearch.securesearch.READ;
                  else as `page`
        source    GET /{module}/search
        """
        names = _checked_fields(fields, least=0)
        params: dict[str, str | int | None] = {
            **_searched_for(criteria, email, phone, word, f"records of {module}"),
            "fields": ",".join(names) or None,
            "page": page,
            "per_page": per_page,
            "converted": converted,
        }
        path = f"/{checked_name(module, 'the records of')}/search"
        body = self._transport.get(path, params, what=f"records of {module}")
        return RecordPage(as_list(body.get("data"), Record.from_api), PageInfo.from_api(body.get("info")))

    def find(self, module: str, api_name: str, value: str, fields: Iterable[str] = ()) -> list[Record]:
        """The records whose field holds exactly this text, letter by letter, among the first 2,000 that a search finds.

        fields   what else the records come with; the field itself always does
        raises   as `search`
        """
        names = list(dict.fromkeys([*fields, api_name]))
        found: list[Record] = []
        for number in range(1, REACHED_BY_NUMBER // PER_PAGE + 1):
            page = self.search(module, criteria=where(api_name, "equals", value), fields=names, page=number)
            found += [record for record in page.records if record.raw.get(api_name) == value]
            if not page.info.more_records:
                break
        return found

    def count(
        self,
        module: str,
        *,
        cvid: str | None = None,
        criteria: Criteria | None = None,
        email: str | None = None,
        phone: str | None = None,
        word: str | None = None,
    ) -> int:
        """How many records a module, a custom view or a search has; 50 credits, and the figure lags by minutes.

        At most one of the conditions. `coql.count` is exact and costs 1 credit.
        raises   BadAnswer for an answer without a number; else as `search`
        source   GET /{module}/actions/count  zoho.com/crm/developer/docs/api/v8/get-records-count.html
        """
        what = f"the number of records of {module}"
        conditions = [criteria, email, phone, word]
        params: dict[str, str | int | None] = {"cvid": None if cvid is None else checked_id(cvid, "the custom view")}
        if any(condition is not None for condition in conditions):
            if cvid is not None:
                raise InvalidName("either a view or conditions, not both", what=what)
            params |= _searched_for(criteria, email, phone, word, what)
        path = f"/{checked_name(module, 'the records of')}/actions/count"
        counted = as_whole(self._transport.get(path, params, what=what).get("count"))
        if counted is None:
            raise BadAnswer("it holds no number", what=what)
        return counted

    def related(
        self,
        module: str,
        id: str,
        related_list: str,
        fields: Iterable[str],
        page: int | None = 1,
        *,
        page_token: str | None = None,
        per_page: int = PER_PAGE,
    ) -> RecordPage:
        """One page of a related list of a record: "Notes", "Contacts", … ; an empty one when the CRM answers 204.

        related_list   its API name, from `related_lists.all(module)`
        fields         API names, 1 to 50, of the list's own module
        page           from 1; or page_token from `info.next_page_token`
        raises         InvalidRequest (INVALID_DATA) for a record or list that is not there; else as `page`
        source         GET /{module}/{id}/{related_list}?fields=
        """
        path = (
            f"/{checked_name(module, 'a record of')}/{checked_id(id, 'the record')}"
            f"/{checked_name(related_list, 'the related list')}"
        )
        params: dict[str, str | int | None] = {
            "fields": ",".join(_checked_fields(fields)),
            "page": None if page_token is not None else page,
            "page_token": page_token,
            "per_page": per_page,
        }
        body = self._transport.get(path, params, what=f"{related_list} of a record of {module}")
        return RecordPage(as_list(body.get("data"), Record.from_api), PageInfo.from_api(body.get("info")))

    def full_text(self, module: str, id: str, fields: Iterable[str]) -> Record | None:
        """The rich texts of a record in full, where lists cut them at 500 characters; None when there is no record.

        fields   API names of rich text fields, 1 to 50
        raises   as `get`
        source   GET /{module}/{id}/actions/fetch_full_data?fields=
        """
        path = f"/{checked_name(module, 'a record of')}/{checked_id(id, 'the record')}/actions/fetch_full_data"
        params = {"fields": ",".join(_checked_fields(fields))}
        body = self._transport.get(path, params, what=f"the texts of a record of {module}")
        records = as_list(body.get("data"), Record.from_api)
        return records[0] if records else None


def _searched_for(
    criteria: Criteria | None, email: str | None, phone: str | None, word: str | None, what: str
) -> dict[str, str]:
    """The one condition of a search. Raises InvalidName for none and for several."""
    texts = {"criteria": None if criteria is None else criteria.text, "email": email, "phone": phone, "word": word}
    given = {key: text for key, text in texts.items() if text is not None}
    if len(given) != 1 or not all(text.strip() for text in given.values()):
        raise InvalidName("a search takes one of criteria, email, phone and word", what=what)
    return given


def _checked_fields(fields: Iterable[str], least: int = 1) -> list[str]:
    """The field names of a list call; `$`-keys such as "$approval_state" are allowed."""
    names = list(fields)
    for name in names:
        checked_name(name.removeprefix("$"), "the field")
    if not least <= len(names) <= MOST_FIELDS:
        raise InvalidName(f"a list call takes {least} to {MOST_FIELDS} fields, not {len(names)}", what="records")
    return names
