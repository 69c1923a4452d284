"""Jobs in the background, and the files that bulk writes are made of (bulk.md).

Each job is a thread that waits for START_S by the stand-in's clock, so that it is seen in every state, and then works
in short steps, so that everybody else's calls are answered meanwhile.
"""

from __future__ import annotations

import io
import threading
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_client.standin.clock import Clock, iso, zone_of
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import JSON
from crm_client.standin.write_references import me

if TYPE_CHECKING:
    from crm_client.standin.calls import Call

START_S = 1.0  # from the order until the work begins, by the stand-in's clock
PAUSE_S = 0.02  # of real time between two looks at that clock
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
    state: str = "ADDED"  # then IN PROGRESS, then COMPLETED or FAILURE
    told: JSON = field(default_factory=dict)  # what the work has to tell: counts, tokens
    result: bytes = b""  # a ZIP archive, once it is completed
    downloads: list[float] = field(default_factory=list)

    def head(self) -> JSON:
        """Who ordered it when, as every answer about it says."""
        return {"created_by": me(self.call), "created_time": iso(self.born, zone_of(self.call.organisation.org))}


class BulkJobs:
    """The jobs and uploaded files of all organisations; they are gone when the stand-in ends."""

    def __init__(self, clock: Clock, stopped: Callable[[float], bool]) -> None:
        """`stopped` waits so many seconds and tells whether the stand-in has ended."""
        self._clock, self._stopped = clock, stopped
        self._lock = threading.Lock()
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
        """Takes an order, and begins with it when its time comes."""
        with self._lock:
            self._jobs[job.call.organisation.key, job.id] = job
        threading.Thread(target=self._carry_out, args=(job,), name=f"bulk job {job.id}", daemon=True).start()

    def get(self, call: Call, id_: str, *, is_read: bool) -> Job:
        """The job with this id. Raises ApiError (404): none of this organisation, or one of the other kind.

        unverified: everybody of the organisation who may poll sees every job of it.
        """
        job = self._jobs.get((call.organisation.key, id_))
        if job is None or (job.operation == "read") is not is_read:
            raise ApiError("RESOURCE_NOT_FOUND", {"resource": id_})
        if job.state == "ADDED" and self._is_due(job):
            job.state = "IN PROGRESS"  # its thread looks at the clock only now and then
        return job

    def _carry_out(self, job: Job) -> None:
        """Works at a job from its time on until it is done, or until the stand-in ends."""
        while not self._is_due(job):
            if self._stopped(PAUSE_S):
                return
        job.state = "IN PROGRESS"
        try:
            for _ in job.work:
                if self._stopped(0):
                    return
            job.state = "COMPLETED"
        except Exception:  # noqa: BLE001  a hostile organisation ends its own job
            traceback.print_exc()
            told = {"status": "error", "code": "INTERNAL_SERVER_ERROR", "message": "Internal Server Error"}
            job.told["result"] = {"error_message": told | {"details": {}}}
            job.state = "FAILURE"

    def _is_due(self, job: Job) -> bool:
        return self._clock.now() >= job.born + START_S


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
