"""Queries in COQL, the CRM's own language for them; `crm_client.coql_text` builds them safely.

source  POST /coql  zoho.com/crm/developer/docs/api/v8/Get-Records-through-COQL-Query.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from crm_client.coql_text import MOST_ROWS, Where, column, is_filled, limit_of, select
from crm_client.errors import InvalidName
from crm_client.names import checked_name
from crm_client.paging import PageInfo
from crm_client.records import Record, RecordPage
from crm_client.values import JSON, as_list, as_whole

if TYPE_CHECKING:
    from crm_client.transport import Transport

LONGEST = 20_000  # characters of a query


class Coql:
    """`CrmClient.coql`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def query(self, text: str, *, records: int | None = None) -> RecordPage:
        """The rows of a query as it stands; an empty page when the CRM answers 204. Tried again like any read.

        text     never put together from what somebody typed: build it with `crm_client.coql_text`, or send what
                 somebody wrote as a query
        records  the query's LIMIT, which sets its price (1 to 3 credits); None: read from the text
        returns  RecordPage: each row a Record whose keys are the columns as written ("Account_Name.Phone"), or their
                 aliases; of a look-up there may be the id alone. Rows of counts and sums have no id ("")
        raises   InvalidRequest with SYNTAX_ERROR (`.details`: clause, or line, column, near), INVALID_QUERY
                 (column_name …), LIMIT_EXCEEDED; InvalidName, NotAllowed, ScopeMissing without ZohoCRM.coql.READ or
                 the module's READ, TooManyRequests, any NoAnswer
        source   POST /coql
        """
        if not text.strip() or len(text) > LONGEST:
            raise InvalidName(f"a query has 1 to {LONGEST:,} characters", what="a query")
        body = json.dumps({"select_query": text}).encode()
        limit = limit_of(text) if records is None else records
        answer = self._transport.request(
            "POST", "/coql", body=body, records=limit, is_read=True, what="the rows of a query"
        )
        return RecordPage(as_list(answer.get("data"), Record.from_api), PageInfo.from_api(answer.get("info")))

    def select(
        self,
        columns: Iterable[str],
        module: str,
        where: Where | None = None,
        *,
        cvid: str | None = None,
        order_by: str | None = None,
        descending: bool = False,
        offset: int = 0,
        limit: int = 200,
    ) -> RecordPage:
        """Records of a module by conditions; arguments as `coql_text.select`, answer and errors as `query`."""
        text = select(
            columns,
            module,
            where,
            cvid=cvid,
            order_by=order_by,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return self.query(text, records=limit)

    def count(self, module: str, where: Where | None = None) -> int:
        """How many records fulfil the conditions, exactly and now; 1 credit, where `records.count` takes 50.

        raises   as `query`
        """
        source = checked_name(module, "the records of")
        text = f"select COUNT(id) as counted from {source} where {where or is_filled('id')}"  # noqa: S608  checked parts
        rows = self.query(text).records
        return _counted(rows[0]) if rows else 0

    def counts(self, module: str, by: str, where: Where | None = None) -> list[tuple[JSON, int]]:
        """How many records have each value of a field: [(value, count)], most first; up to 2,000 values.

        by       a field's API name, such as "Stage"; its value is None for the records where it is empty
        raises   as `query`
        """
        field = column(by)
        source = checked_name(module, "the records of")
        counted = f"select COUNT(id) as counted, {field} from {source}"  # noqa: S608  checked parts
        text = f"{counted} where {where or is_filled('id')} group by {field} limit 0, {MOST_ROWS}"
        rows = [(row.get(by), _counted(row)) for row in self.query(text, records=MOST_ROWS).records]
        return sorted(rows, key=lambda row: -row[1])


def _counted(row: Record) -> int:
    """The number of a row that counts, under its alias or whatever the CRM calls it."""
    told = as_whole(row.raw.get("counted"))
    if told is not None:
        return told
    return next(
        (number for key, value in row.raw.items() if key != "id" and (number := as_whole(value)) is not None), 0
    )
