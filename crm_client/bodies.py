"""Bodies on their way in and out: answers read within bounds whatever their packing promises, uploads made. Pure."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from urllib.parse import unquote

from crm_client.errors import BadAnswer, InvalidName, NotKept, TooBig
from crm_client.values import as_text

JSON_TYPE = "application/json"
LARGEST = 10 * 1024 * 1024  # bytes of one JSON answer after unpacking
# Bytes of one download, which is held in memory twice while it is put together. The CRM takes attachments of up to
# 100 MB; the larger ones are rare, and whoever wants one is led to the CRM itself.
LARGEST_FILE = 24 * 1024 * 1024
MOST_KEPT_OF_A_NAME = 255  # characters
_CHUNK = 256 * 1024
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}", re.ASCII)
_NAME_STAR = re.compile(r"filename\*\s*=\s*UTF-8''([^;]+)", re.IGNORECASE)
_NAME = re.compile(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))', re.IGNORECASE)
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class Incoming(Protocol):
    """What is read of an answer: urllib3's response."""

    length_remaining: int | None

    def read(self, amt: int | None = None, *, decode_content: bool | None = None) -> bytes: ...


def read_whole(raw: Incoming, headers: Mapping[str, str], *, what: str, status: int, most: int = LARGEST) -> bytes:
    """The body, unpacked. Never holds more than `most` bytes and one chunk, whatever the packing promises.

    raises  TooBig, BadAnswer (packed in a way that was not asked for, packed badly, broken off)
    """
    if raw.length_remaining is not None and raw.length_remaining > most:
        raise TooBig(what=what)
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing in ("gzip", "x-gzip"):
        return _unpacked(raw, what, most)
    if packing not in ("identity", ""):
        raise BadAnswer("it is packed in a way that was not asked for", what=what, status=status)
    if raw.length_remaining is not None:  # told, and within bounds: one read is half again as quick as many
        return raw.read(decode_content=False)
    chunks, size = [], 0
    while chunk := raw.read(_CHUNK, decode_content=False):
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise TooBig(what=what)
    return b"".join(chunks)


def read_into(raw: Incoming, headers: Mapping[str, str], into: BinaryIO, *, what: str, status: int, most: int) -> None:
    """The body, unpacked, written into a file from its beginning as it comes: one chunk is held at a time.

    raises  NotKept when the file does not take it; else as `read_whole`
    """
    packing = headers.get("content-encoding", "identity").strip().lower()
    if raw.length_remaining is not None and raw.length_remaining > most:
        raise TooBig(what=what)
    if packing in ("gzip", "x-gzip"):
        chunks = _unpacking(raw, what)
    elif packing in ("identity", ""):
        chunks = iter(lambda: raw.read(_CHUNK, decode_content=False), b"")
    else:
        raise BadAnswer("it is packed in a way that was not asked for", what=what, status=status)
    size = 0
    _kept(what, lambda: (into.seek(0), into.truncate()))
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooBig(what=what)
        _kept(what, lambda chunk=chunk: into.write(chunk))  # type: ignore[misc]  # mypy cannot infer a bound argument


def _kept(what: str, write: Callable[[], object]) -> None:
    try:
        write()
    except OSError as exc:
        raise NotKept(what=what) from exc


def _unpacked(raw: Incoming, what: str, most: int) -> bytes:
    chunks, size = [], 0
    for chunk in _unpacking(raw, what):
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise TooBig(what=what)
    return b"".join(chunks)


def _unpacking(raw: Incoming, what: str) -> Iterator[bytes]:
    """What a gzipped body holds, a chunk at a time."""
    unpacker, any_yet = zlib.decompressobj(31), False
    try:
        while packed := raw.read(_CHUNK, decode_content=False):
            while packed:
                yield unpacker.decompress(packed, _CHUNK)
                any_yet = True
                packed = unpacker.unconsumed_tail
                if unpacker.eof and unpacker.unused_data:
                    packed, unpacker = unpacker.unused_data, zlib.decompressobj(31)
    except zlib.error:
        raise BadAnswer("it is packed badly", what=what) from None
    if not unpacker.eof and any_yet:
        raise BadAnswer("it breaks off", what=what)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the CRM gave out.

    content_type  as the CRM says, "application/octet-stream" when it says nothing sensible; hostile input like all
                  else: serve files as attachments, never as pages
    name          safe as the name of a file, without any path; "" when the CRM gave none
    """

    content: bytes
    content_type: str
    name: str

    @classmethod
    def of(cls, content: bytes, headers: Mapping[str, str]) -> Download:
        """The file of an answer, with what its headers (by lower-case name) tell about it."""
        declared = headers.get("content-type", "").partition(";")[0].strip()
        kind = declared.lower() if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"
        return cls(content, kind, _told_name(headers.get("content-disposition", "")))


def _told_name(disposition: str) -> str:
    # header bytes arrive as Latin-1; where they are UTF-8 in truth, they are read as such
    star = _NAME_STAR.search(disposition)
    if star is not None:
        return safe_name(unquote(star[1].strip(), errors="replace"))
    plain = _NAME.search(disposition)
    if plain is None:
        return ""
    text = re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2].strip()
    try:
        text = text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    return safe_name(text)


def safe_name(name: str) -> str:
    """A file's name that can do no harm: no path, no control characters, not hidden, not too long; "" stays ""."""
    last = as_text(name).replace("\\", "/").rpartition("/")[2]
    cleaned = _NOT_IN_A_NAME.sub("_", last).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if len(cleaned) > MOST_KEPT_OF_A_NAME and dot and len(ending) <= 20:
        return stem[: MOST_KEPT_OF_A_NAME - len(ending) - 1] + dot + ending
    return cleaned[:MOST_KEPT_OF_A_NAME]


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file on its way to the CRM. `name` as people see it, such as "Offer 12.pdf"."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


def multipart(files: Iterable[FileToSend], field: str = "file") -> tuple[str, bytes]:
    """The content type and the body of an upload (multipart/form-data), each file under the same field name.

    raises   InvalidName for a file without a usable name or with a content type that is none
    """
    boundary = secrets.token_hex(24)
    pieces: list[bytes] = []
    for file in files:
        name = safe_name(file.name)
        if not name or not _MEDIA_TYPE.fullmatch(file.content_type):
            raise InvalidName("a file needs a name and a content type", what="this upload")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        pieces += [f"{head}Content-Type: {file.content_type}\r\n\r\n".encode(), file.content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)
