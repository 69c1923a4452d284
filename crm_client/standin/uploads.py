"""Files that were sent to POST /files and wait for a record to name them."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file."""

    id: str  # the encrypted id for File_Id__s and $file_id
    name: str
    content: bytes
    content_type: str


class Uploads:
    """The files of all organisations; they are gone when the stand-in ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[tuple[str, str], Upload] = {}

    def add(self, org: str, name: str, content: bytes, content_type: str = "application/octet-stream") -> str:
        """Keeps a file and returns its id."""
        upload = Upload(secrets.token_hex(32), name, content, content_type)
        with self._lock:
            self._files[org, upload.id] = upload
        return upload.id

    def get(self, org: str, id_: str) -> Upload | None:
        """The file with this id, in the organisation it was sent to."""
        return self._files.get((org, id_))
