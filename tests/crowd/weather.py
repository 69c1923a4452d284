"""What goes wrong while the crowd is there, and when: in parts of the whole time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from crm_client.standin import StandIn
from tests.crowd.processes import Processes

SHORT_S = 100
THROTTLED = 3
READS, LEADS = {"method": "GET"}, {"method": "POST", "path": "/crm/v8/Leads"}


@dataclass(slots=True)
class Weather:
    """`happened` tells each event with the moment of it; `expired_at` are seconds since the epoch."""

    standin: StandIn
    processes: Processes
    end_sessions: Callable[[], None]
    happened: list[str] = field(default_factory=list)
    expired_at: list[float] = field(default_factory=list)

    def blow(self, begin: float, length_s: float) -> None:
        """Through the whole time; returns at its end, when the sky is clear again."""
        events: list[tuple[float, str, Callable[[], object]]] = [
            (0.02, "some reads are slow, fail or are web pages", self._rough_reads),
            (0.10, "a worker process is killed", self.processes.kill_a_worker_process),
            (0.15, f"every access token expires, and {THROTTLED} people are throttled", self._throttle),
            (0.30, "a whole worker is killed and started again", self.processes.kill_the_worker),
            (0.40, "some answers to writes are lost", self._lost_writes),
            (0.50, "the tokens expire again, and the accounts server is down", self._accounts_down),
            (0.58, "the accounts server is back", self._accounts_back),
            (0.68, "sessions are ended", self.end_sessions),
            (0.72, "every message is lost", self.processes.empty_the_broker),
            (0.80, "the tokens expire once more", self._expire),
        ]
        if length_s < SHORT_S:  # the accounts server is asked once a minute: there is time for one expiry
            events = [event for event in events if "expire" not in event[1] and "accounts" not in event[1]]
            events.insert(2, (0.20, "every access token expires", self._expire))
        for part, words, event in events:
            _sleep_until(begin + part * length_s)
            self.happened.append(f"{time.monotonic() - begin:.0f} s: {words}")
            event()
        _sleep_until(begin + length_s)
        self.standin.clear_faults()

    def watch(self, stop: threading.Event, every_s: float) -> None:
        """Notes the memory of the processes."""
        while not stop.wait(every_s):
            self.processes.take_memory()

    def _rough_reads(self) -> None:
        self.standin.fault("latency", {"ms": 1500}, match=READS, probability=0.03)
        self.standin.fault("status", {"status": 503}, match=READS, probability=0.03)
        self.standin.fault("html", {"status": 200}, match=READS, probability=0.02)
        self.standin.fault("status", {"status": 429, "headers": {"Retry-After": "1"}}, match=READS, probability=0.01)

    def _lost_writes(self) -> None:
        for name, args, chance in (
            ("commit_then_drop", {}, 0.1),
            ("drop_before_commit", {}, 0.1),
            ("commit_then_status", {"status": 502}, 0.1),
        ):
            self.standin.fault(name, args, match=LEADS, probability=chance)

    def _expire(self) -> None:
        self.expired_at.append(time.time())
        self.standin.fault("expire_now")

    def _throttle(self) -> None:
        """Zoho says "too many requests" to the first that refresh: they are not to ask again for ten minutes."""
        self.standin.fault("access_denied200", count=THROTTLED)
        self._expire()

    def _accounts_down(self) -> None:
        self.standin.fault("status", {"status": 503}, match={"path": "/oauth/v2/token"})
        self._expire()

    def _accounts_back(self) -> None:
        self.standin.clear_faults()
        self._rough_reads()
        self._lost_writes()


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
