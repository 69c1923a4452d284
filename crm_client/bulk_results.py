"""What the archives of bulk jobs hold: rows of CSV, read one by one and within bounds, whatever the archive promises.

source  zoho.com/crm/developer/docs/api/v8/bulk-write/download-bulk-write-result.html
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crm_client.errors import BadAnswer, TooBig
from crm_client.values import as_id, as_text

LARGEST = 2 * 1024 * 1024 * 1024  # bytes of one file after unpacking
MOST_RATIO = 200  # times that a file may be larger than its packed form, beyond SMALL
SMALL = 16 * 1024 * 1024
LONGEST_ROW = 2 * 1024 * 1024  # characters
_PLAIN_NAME = re.compile(r"[^\x00-\x1f/\\:]{1,255}")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ADDED_COLUMNS = ["STATUS", "RECORD_ID", "ERRORS"]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was skipped: DUPLICATE_DATA in the columns ["Email"]."""

    code: str
    columns: list[str]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row of a Bulk Write, in the order of the file.

    status   added, updated, skipped, unprocessed; in lower case, whatever the CRM writes
    id       of the record; "" where there is none
    shown    the row's values in the first mapped columns, three at most, by the names of the columns
    """

    status: str
    id: str
    errors: list[RowError]
    shown: dict[str, str]


def rows(archive: BinaryIO, *, most: int = LARGEST) -> Iterator[list[str]]:
    """The rows of the one CSV file in an archive, the first with the names of the columns. Holds one row at a time.

    raises   BadAnswer: no archive, several files in it, one with a path, locked, damaged, packed in an extreme way, a
             row without end; TooBig beyond `most` bytes
    """
    what = "the file in an archive"
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(_only(opened, most, what)) as file:
            lines = _Lines(io.TextIOWrapper(file, "utf-8-sig", "replace", newline=""), what)
            for row in csv.reader(lines):
                lines.since = 0
                if row:
                    yield [as_text(cell) for cell in row]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise BadAnswer("it is no archive, or a damaged one", what=what) from None
    except csv.Error:
        raise BadAnswer("it is no table", what=what) from None


def _only(opened: zipfile.ZipFile, most: int, what: str) -> zipfile.ZipInfo:
    """The one file of an archive. Raises BadAnswer, TooBig."""
    infos = opened.infolist()
    if len(infos) != 1 or infos[0].is_dir():
        raise BadAnswer("it does not hold one file", what=what)
    info = infos[0]
    if not _PLAIN_NAME.fullmatch(info.filename) or info.flag_bits & 1 or info.compress_type not in _PACKINGS:
        raise BadAnswer("it is packed in a way that the CRM does not use", what=what)
    if info.file_size > most:
        raise TooBig(what=what)
    if info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        raise BadAnswer("it is packed in a way that no table is", what=what)
    return info


class _Lines:
    """The lines of a text; the caller sets `since` to 0 after each row, so that a row without an end is noticed."""

    def __init__(self, text: io.TextIOWrapper, what: str) -> None:
        self._text, self._what = text, what
        self.since = 0  # characters

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_ROW):
            self.since += len(line)
            if self.since >= LONGEST_ROW:
                raise BadAnswer("a row in it does not end", what=self._what)
            yield line


def results(archive: BinaryIO) -> Iterator[RowResult]:
    """What became of each row of a Bulk Write.

    raises   BadAnswer when the columns STATUS, RECORD_ID and ERRORS are not its last; else as `rows`
    """
    found = rows(archive)
    header = next(found, [])
    names = header[:-3]
    if [name.strip().upper() for name in header[-3:]] != _ADDED_COLUMNS:
        raise BadAnswer("it does not tell what became of the rows", what="the result of an import")
    for row in found:
        cells = [*row, *[""] * (len(header) - len(row))]
        status, id_, errors = cells[len(names) : len(header)]
        shown = dict(zip(names, cells, strict=False))
        yield RowResult(status.strip().lower(), as_id(id_.strip()), _errors(errors), shown)


def _errors(text: str) -> list[RowError]:
    """CODE-Column[,Column], several joined by colons."""
    found = []
    for part in text.split(":"):
        code, _, columns = part.strip().partition("-")
        if code:
            found.append(RowError(code, [column for column in columns.split(",") if column]))
    return found
