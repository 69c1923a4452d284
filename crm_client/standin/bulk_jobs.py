"""Jobs in the background, and the files that bulk writes are made of (bulk.md).

Nothing here runs by itself: a job goes on whenever a call of its organisation comes in, a short while at a time, by the
stand-in's clock. It waits for START_S first, so that it is seen in each of its states; whoever polls sees it move.
"""

from __future__ import annotations

import io
import threading
import time
import traceback
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_client.standin.clock import iso, zone_of
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import JSON
from crm_client.standin.write_references import me

if TYPE_CHECKING:
    from crm_client.standin.calls import Call

START_S = 1.0  # from the order until the work begins, by the stand-in's clock
SLICE_S = 0.2  # of real time that one call gives to the jobs of its organisation
MOST_KEPT_FILES = 50
CALLBACK_METHODS = ["post"]


@dataclass(slots=True)
class Job:
    """One order for work in the background."""

    id: str
    call: Call  # that ordered it: its person, its rights, its row in the ledger
    operation: str  # "read", or "insert", "update", "upsert"
    order: JSON  # what is shown again of the body
    born: float  # by the stand-in's clock
    work: Iterator[None]  # goes on for a bit with each step; ends when all is done
    state: str = "ADDED"  # then IN PROGRESS, COMPLETED
    told: JSON = field(default_factory=dict)  # what the work has to tell: counts, tokens
    result: bytes = b""  # a ZIP archive, once it is completed
    downloads: list[float] = field(default_factory=list)

    def head(self) -> JSON:
        """Who ordered it when, as every answer about it says."""
        return {"created_by": me(self.call), "created_time": iso(self.born, zone_of(self.call.organisation.org))}


class BulkJobs:
    """The jobs and uploaded files of all organisations; they are gone when the stand-in ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work = threading.Lock()
        self._jobs: dict[tuple[str, str], Job] = {}
        self._files: dict[tuple[str, str], bytes] = {}
        self.orders: dict[str, JSON] = {}  # what each mark to go on from belongs to

    def add_file(self, call: Call, content: bytes) -> str:
        """Keeps an archive for a job to name; the oldest are forgotten. unverified: how long the CRM keeps one."""
        id_ = call.store.new_id()
        with self._lock:
            self._files[call.organisation.key, id_] = content
            while len(self._files) > MOST_KEPT_FILES:
                del self._files[next(iter(self._files))]
        return id_

    def file(self, call: Call, id_: str) -> bytes | None:
        """The archive with this id, where this organisation sent it."""
        return self._files.get((call.organisation.key, id_))

    def add(self, job: Job) -> None:
        """Takes an order."""
        with self._lock:
            self._jobs[job.call.organisation.key, job.id] = job

    def get(self, call: Call, id_: str, *, is_read: bool) -> Job:
        """The job with this id. Raises ApiError (404): none of this organisation, or one of the other kind.

        unverified: everybody of the organisation who may poll sees every job of it.
        """
        job = self._jobs.get((call.organisation.key, id_))
        if job is None or (job.operation == "read") is not is_read:
            raise ApiError("RESOURCE_NOT_FOUND", {"resource": id_})
        return job

    def catch_up(self, call: Call) -> None:
        """Goes on with the jobs of the organisation for a while, unless another call is doing so."""
        now, org = call.world.clock.now(), call.organisation.key
        waiting = [
            job
            for (mine, _), job in list(self._jobs.items())
            if mine == org and job.state in ("ADDED", "IN PROGRESS") and now >= job.born + START_S
        ]
        if not waiting or not self._at_work.acquire(blocking=False):
            return
        try:
            ends = time.monotonic() + SLICE_S
            for job in waiting:
                _go_on(job, ends)
        finally:
            self._at_work.release()


def _go_on(job: Job, ends: float) -> None:
    """Works at a job until it is done or the time is up (monotonic seconds)."""
    job.state = "IN PROGRESS"
    try:
        while time.monotonic() < ends:
            next(job.work)
    except StopIteration:
        job.state = "COMPLETED"
    except Exception:  # noqa: BLE001  a hostile organisation ends its own job, not the call that came by
        traceback.print_exc()
        told = {"status": "error", "code": "INTERNAL_SERVER_ERROR", "message": "Internal Server Error", "details": {}}
        job.state, job.told["result"] = "FAILURE", {"error_message": told}


def check_callback(body: JSON) -> JSON | None:
    """The `callback` of an order, checked. Raises ApiError. Nobody is called back: the stand-in speaks to nobody."""
    callback = body.get("callback")
    if callback is None:
        return None
    url = callback.get("url") if isinstance(callback, dict) else None
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise ApiError("INVALID_CALLBACK_URL")
    if callback.get("method") not in CALLBACK_METHODS:
        raise ApiError("INVALID_CALLBACK_METHOD", {"supported_callback_methods": CALLBACK_METHODS})
    return {"url": url, "method": callback["method"]}


def zipped(name: str, text: str) -> bytes:
    """An archive with one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return made.getvalue()
