"""Files that background work makes: offered whole or not at all, deleted after the days that files are kept (D29).

They lie in the data directory's `files/exports/`, which web and workers share. Each is called as its job's id, so no
name of the CRM becomes a path.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from console import disk
from console.jobs.handle import JobFailed, JobHandle

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NO_SPACE = (
    "There is no room left on the console’s disk, so there is no file. Nothing else is affected. Whoever runs this"
    " console has to make room; then start this again."
)


@contextmanager
def made(handle: JobHandle, form: str, name: str) -> Iterator[Path]:
    """Where to write the job's file; it is offered for download once the block has ended without an error.

    form  a key of FORMS
    name  what it is called when it is downloaded, in ASCII and without its ending
    """
    target = finished(handle.job.pk, form)
    draft = target.with_suffix(".draft")
    try:
        with room():
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    handle.result(file={"form": form, "name": f"{name}.{form}"})


@contextmanager
def room() -> Iterator[None]:
    """Raises JobFailed("NO-SPACE") where the disk is full (AC-36)."""
    try:
        yield
    except Exception as exc:
        if not disk.is_full(exc):
            raise
        raise JobFailed("NO-SPACE", _NO_SPACE) from exc


def finished(job: UUID, form: str) -> Path:
    """Where the finished file of a job lies, if it has one."""
    return beside(job, form if form in FORMS else "none")


def beside(job: UUID, ending: str) -> Path:
    """A file that a job keeps for itself while it is at work."""
    return _folder() / f"{job}.{ending}"


def forget(job: UUID) -> None:
    """Deletes everything that the job wrote."""
    for path in _folder().glob(f"{job}.*"):
        path.unlink(missing_ok=True)


def delete_old(now: datetime) -> None:
    """Deletes what is older than the days that the console keeps files."""
    too_old = (now - timedelta(days=settings.CONSOLE_KEEP_DAYS)).timestamp()
    for path in _folder().iterdir():
        if path.is_file() and path.stat().st_mtime < too_old:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "files" / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
