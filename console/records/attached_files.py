"""Files on their way to becoming attachments: on the data directory's disk, not in the ledger (D29).

They lie in `files/attachments/`, which web and workers share, under names made of hex digits alone, and are never
served. Each is there whole or not at all; it goes once it is attached, or when nothing waits for it any more.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from console.submissions.models import Row, Submission

ATTACH = "attach"
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_JUST_COME = timedelta(hours=1)  # a file is on disk before its row is


def keep(chunks: Iterable[bytes], wish: str) -> str:
    """Stores a file, and gives back the name it is read by: the same for the same wish and the same bytes.

    wish    what tells one form of one person from every other
    raises  OSError, of a full disk too: then nothing is left behind
    """
    digest = hashlib.sha256(f"{wish}\0".encode())
    draft = _folder() / f"{os.urandom(16).hex()}.draft"
    try:
        with draft.open("wb") as out:
            for chunk in chunks:
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(_folder() / digest.hexdigest())
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest()


def read(name: str) -> bytes | None:
    """The bytes; None when the file is gone."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        return None


def delete(name: str) -> None:
    if _NAME.fullmatch(name):
        (_folder() / name).unlink(missing_ok=True)


def delete_old(now: datetime) -> None:
    """Files that no row needs: attached, given up, or of a submission that ended CONSOLE_KEEP_DAYS ago."""
    kept_until = now - timedelta(days=settings.CONSOLE_KEEP_DAYS)
    rows = Row.objects.filter(submission__operation=ATTACH, payload__isnull=False)
    rows = rows.exclude(state__in=[Row.State.SUCCEEDED, Row.State.CANCELLED])
    rows = rows.exclude(submission__state=Submission.State.DONE, submission__finished_at__lt=kept_until)
    needed = {str((payload or {}).get("file", "")) for payload in rows.values_list("payload", flat=True)}
    fresh = (now - _JUST_COME).timestamp()
    for path in _folder().iterdir():
        if path.is_file() and path.name not in needed and path.stat().st_mtime < fresh:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "files" / "attachments"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
