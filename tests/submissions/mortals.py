"""Workers that die: each is a process of its own, killed by the kernel (SIGKILL) at a point on its way.

`python -m tests.submissions.mortals [hurried]`; a line "POINT TASK CALL" on standard input makes one, the answer is how
it ended. TASK is "send" or "look"; at the point "never" nobody dies. Each is forked anew from one process that has
loaded Django and opened nothing, as Celery does.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import django

django.setup()

from console.submissions import bell, looking, sending, settling, slots  # noqa: E402  models are there only now
from tests.submissions.hurry import hurried  # noqa: E402

UNDER_WAY_S = 0.15


def main() -> None:
    with hurried() if "hurried" in sys.argv else nullcontext():
        _serve()


def _serve() -> None:
    _say("ready")
    for line in sys.stdin:
        point, task, call = line.split()
        child = os.fork()
        if child == 0:
            POINTS[point]()
            bell.ring = lambda *args: True  # type: ignore[assignment]  nobody but the test rings here
            {"send": sending.in_the_background, "look": looking.look_up}[task](int(call))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        _say("killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}")


def _die(*args: Any, **options: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(module: Any, name: str) -> Callable[[], None]:
    return lambda: setattr(module, name, _die)


def _after(module: Any, name: str) -> Callable[[], None]:
    def patch() -> None:
        real = getattr(module, name)

        def last(*args: Any, **options: Any) -> Any:
            real(*args, **options)
            _die()

        setattr(module, name, last)

    return patch


def _while_it_is_under_way() -> None:
    real = sending._send

    def send(*args: Any) -> None:
        threading.Timer(UNDER_WAY_S, _die).start()
        real(*args)

    sending._send = send


# In the order of the way: what the worker would do next, or has just done, when it dies.
POINTS: dict[str, Callable[[], None]] = {
    "never": lambda: None,
    "before-the-slot": _before(slots, "take"),
    "before-the-token": _before(sending, "_make"),
    "after-the-token": _after(sending, "PreparedTokens"),
    "before-saying-sent": _before(sending, "_say_sent"),
    "after-saying-sent": _before(sending, "_send"),
    "under-way": _while_it_is_under_way,
    "after-the-answer": _before(sending, "_answered"),
    "while-saving": _before(settling, "recount"),
    "after-saving": _after(sending, "_settle"),
}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
