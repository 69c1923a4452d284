"""Files in memory: what was sent to POST /files and waits for a record to name it, attachments, photos."""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from email.message import Message
from urllib.parse import quote

from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer, Request

MOST_HELD = 256 * 1024 * 1024  # bytes; beyond, the oldest files are forgotten
LARGEST = 20 * 1024 * 1024  # bytes of one file
MOST_FILES = 10  # of one call
# what scanners agree to take for a virus
_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"BM": "image/bmp"}


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file."""

    id: str  # the encrypted id for File_Id__s and $file_id
    name: str
    content: bytes
    content_type: str


class Uploads:
    """The files of all organisations; they are gone when the stand-in ends."""

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._most = most_held
        self._held = 0
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[str, str], Upload] = OrderedDict()

    def add(self, org: str, name: str, content: bytes, content_type: str = "application/octet-stream") -> str:
        """Keeps a file and returns its id."""
        upload = Upload(secrets.token_hex(32), name, content, content_type)
        with self._lock:
            self._files[org, upload.id] = upload
            self._held += len(content)
            while self._held > self._most:
                _, oldest = self._files.popitem(last=False)
                self._held -= len(oldest.content)
        return upload.id

    def get(self, org: str, id_: str) -> Upload | None:
        """The file with this id, in the organisation it was sent to."""
        return self._files.get((org, id_))


@dataclass(frozen=True, slots=True)
class Sent:
    """One file of an upload."""

    name: str
    content: bytes
    content_type: str


def files_of(request: Request) -> list[Sent]:
    """The files of a multipart body. Raises ApiError: none, too many, one too large, one with a virus.

    unverified: the status and code of too many files; a file without content is none.
    """
    sent = [part for part in parts_of(request) if part.content]
    if not sent:
        raise ApiError("failure_in_attachment_handling")
    if len(sent) > MOST_FILES:
        raise ApiError("INVALID_REQUEST")
    if any(len(part.content) > LARGEST for part in sent):
        raise ApiError("FILE_SIZE_MORE_THAN_ALLOWED_SIZE")
    if any(_VIRUS in part.content for part in sent):
        raise ApiError("VIRUS_DETECTED")
    return sent


def parts_of(request: Request) -> list[Sent]:
    """The parts of a multipart body that are files, under the name `file`."""
    head = Message()
    head["Content-Type"] = request.headers.get("content-type", "")
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        return []
    found = []
    for piece in (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))[1:]:
        if piece.startswith(b"--"):
            break
        lines, mark, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part = _head(lines)
        disposition = part.get("content-disposition", "")
        name = re.search(r'filename="((?:[^"\\]|\\.)*)"', disposition)
        if mark and name and re.search(r'[; ]name="file"', disposition):
            found.append(Sent(name[1], content, part.get("content-type", "application/octet-stream")))
    return found


def _head(lines: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines.decode("utf-8", "replace").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def image_type(content: bytes) -> str | None:
    """The media type of an image, by how it begins; None for anything else."""
    return next((kind for start, kind in _IMAGES.items() if content.startswith(start)), None)


def file_answer(upload: Upload) -> Answer:
    """The bytes of a file, with its name."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_" for letter in upload.name
    )
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(upload.name, safe='')}"
    return Answer(200, upload.content, upload.content_type, {"Content-Disposition": disposition})
