"""Tables of records as files in the browser: CSV, XLSX and JSON, guarded unless the exact form is asked for (D19)."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from console.downloads import attachment
from console.exports import Table, as_csv, file_name
from console.spreadsheets import MOST_ROWS, book
from crm_client.values import JSON

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"csv": "text/csv", "xlsx": XLSX, "json": "application/json"}
_IN_MEMORY = 4 * 1024 * 1024


def send(table: Table, raw: Sequence[JSON], form: str, name: Sequence[str], *, exact: bool) -> HttpResponseBase:
    """The table as a download.

    raw    the records as the CRM sent them, which the JSON holds
    form   csv, xlsx or json; any other is no address
    exact  for programs: texts like formulas as they are
    """
    if form == "csv":
        return attachment(as_csv(table, exact=exact).encode(), FORMS[form], file_name(*name) + ".csv")
    if form == "json":
        return attachment(as_json(raw).encode(), FORMS[form], file_name(*name) + ".json")
    if form != "xlsx":
        raise Http404("no such form of a file")
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  FileResponse closes it
    write_xlsx(out, table, table.rows, exact=exact)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=file_name(*name) + ".xlsx", content_type=XLSX)


def write_xlsx(out: Any, table: Table, rows: Iterable[Sequence[Any]], *, exact: bool) -> None:
    """One sheet with the rows; those beyond what a sheet holds stand on further ones."""
    with book(out, exact=exact) as made:
        sheet = made.sheet("Records", table.titles)
        for number, row in enumerate(rows):
            if number and number % MOST_ROWS == 0:
                sheet = made.sheet(f"Records {number // MOST_ROWS + 1}", table.titles)
            sheet.write(row)


def as_json(records: Sequence[JSON]) -> str:
    """A list of records as the CRM sent them; ids are text, so no digit is lost."""
    return json.dumps(list(records), ensure_ascii=False, indent=2) + "\n"


def write_json(out: IO[str], records: Iterable[JSON]) -> None:
    """The same, record by record."""
    before = "[\n"
    for record in records:
        out.write(before + json.dumps(record, ensure_ascii=False))
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")
