"""What must stand before Django loads: arguments, data directory, port, the demo's CRM, and the environment (D26, D28).

Standard library only. `manage.py` runs every command inside `prepared(argv)`; what was prepared is undone at its end.
"""

import argparse
import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket
from types import FrameType
from typing import Any, NoReturn

from console.running.crm import DemoCrm
from console.running.data import DATABASE, KEYS, DataDirectory, Refusal

ROOT = Path(__file__).resolve().parent.parent.parent
USUAL_PORT = 8000
EMBEDDED = ("demo", "start")
# Of no meaning to a console that keeps everything in its data directory; said aloud when they are set.
_SERVERS = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")
# What the environment may say about a real CRM, which the demo must never reach.
_REAL_CRM = ("CRM_CLIENT_ID", "CRM_CLIENT_SECRET", "CRM_HOME_DC", "CRM_DC_TABLE", "CRM_ALLOW_LOOPBACK")
_PUBLIC = ("CONSOLE_ORGS", "CONSOLE_TRUSTED_PROXIES", "CONSOLE_URL")
_SLOW_TO_IMPORT = (
    "authlib.integrations.requests_client",
    "celery.worker",
    "django.core.handlers.wsgi",
    "django.db.models",
    "django.template.defaulttags",
    "waitress",
)


@dataclass(slots=True)
class Launch:
    """An embedded console that is about to run."""

    command: str
    data: DataDirectory
    url: str
    sockets: list[socket]
    crm: DemoCrm | None  # None: a real one
    undo: contextlib.ExitStack

    def close(self) -> None:
        """Ends the demo's CRM and gives ports and data directory back."""
        self.undo.close()


_current: list[Launch] = []  # at most one; what `prepared` made for the command that runs inside it


def current() -> Launch | None:
    """What was prepared for this process; None outside of `manage.py demo` and `manage.py start`."""
    return _current[0] if _current else None


@contextlib.contextmanager
def prepared(argv: list[str]) -> Iterator[None]:
    """Prepares the command in `argv`; ends the program with one sentence where that is impossible."""
    command = argv[1] if len(argv) > 1 else ""
    if command == "test":
        run_tests(argv[2:])
    if command not in EMBEDDED:
        _use_data_directory()
        yield
        return
    options = parser(command).parse_args(argv[2:])
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    with contextlib.ExitStack() as undo:
        try:
            _current.append(_prepare(command, options.port, Path(options.data), undo))
            undo.callback(_current.clear)
        except Refusal as exc:
            undo.close()
            sys.exit(str(exc))
        except KeyboardInterrupt:
            undo.close()
            sys.exit(130)
        yield


def parser(command: str) -> argparse.ArgumentParser:
    """The arguments of `demo` and `start`, which are needed before Django could read them."""
    what = "the console with a stand-in CRM" if command == "demo" else "the console for a real CRM"
    made = argparse.ArgumentParser(f"manage.py {command}", description=f"Runs {what} on this machine, until Ctrl-C.")
    add_arguments(made)
    return made


def add_arguments(made: argparse.ArgumentParser) -> None:
    made.add_argument("--port", type=_port, help=f"where the console answers; 0 picks one (default {USUAL_PORT})")
    made.add_argument(
        "--data",
        metavar="DIR",
        default=os.environ.get("CONSOLE_DATA") or str(ROOT / ".data"),
        help="database, files, keys and logs (default .data beside manage.py, or CONSOLE_DATA)",
    )


def run_tests(arguments: list[str]) -> NoReturn:
    """Becomes pytest, with the arguments as they are."""
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606  no shell


def _prepare(command: str, port: int | None, directory: Path, undo: contextlib.ExitStack) -> Launch:
    data = DataDirectory.open(directory)
    undo.callback(data.close)
    sockets = _listen(port)
    for listening in sockets:
        undo.callback(listening.close)
    url = f"http://localhost:{sockets[0].getsockname()[1]}"
    data.describe(f"process {os.getpid()}, {url}")
    _tell_unused(command)
    crm = None
    if command == "demo":
        crm = DemoCrm(data.path / "standin", data.path / "logs" / "standin.log")
        undo.callback(crm.stop)
        crm.start()
        _import_meanwhile()
        crm.wait_ready()
    elif public := os.environ.get("CONSOLE_URL", "").strip():
        url = public
        if url.lower().startswith("https:") and not os.environ.get("CONSOLE_TRUSTED_PROXIES", "").strip():
            raise Refusal(
                f"CONSOLE_URL is {url}, but nobody may say that a request came over https: set CONSOLE_TRUSTED_PROXIES"
                " to the address of the proxy that ends TLS (on this machine 127.0.0.1,::1)."
            )
    os.environ.update(environment(data, url, crm))
    return Launch(command, data, url, sockets, crm, undo)


def environment(data: DataDirectory, url: str, crm: DemoCrm | None) -> dict[str, str]:
    """The variables that an embedded console runs with; forgets those that it must not see."""
    forget = _SERVERS + (_REAL_CRM + _PUBLIC if crm else ())
    for name in [name for name in os.environ if name.startswith(forget)]:
        del os.environ[name]
    filled = {
        "CONSOLE_DATA": str(data.path),
        "CONSOLE_URL": url,
        "CONSOLE_LOG_FILE": str(data.path / "logs" / "console.log"),
        "CELERY_BROKER_URL": "memory://",
    }
    for key, name in KEYS.items():
        if crm or not (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
            os.environ.pop(name, None)
            filled[f"{name}_FILE"] = str(data.key(key))
    if crm:
        filled |= {
            "CRM_DC_TABLE": str(crm.table),
            "CRM_ALLOW_LOOPBACK": "1",
            "CRM_HOME_DC": "standin-us",
            "CRM_CLIENT_ID": crm.client_id,
            "CRM_CLIENT_SECRET_FILE": str(crm.secret_file),
        }
    return filled


def _use_data_directory() -> None:
    """Lets every other command (`migrate`, `make_operator`, …) work on the data directory of `demo` or `start`.

    Only where the environment names no key of its own, which production always does.
    """
    path = Path(os.environ.get("CONSOLE_DATA") or ROOT / ".data").absolute()
    if any(os.environ.get(f"{name}{end}") for name in KEYS.values() for end in ("", "_FILE")):
        return
    if not (path / DATABASE).exists():
        return
    os.environ["CONSOLE_DATA"] = str(path)
    os.environ.setdefault("CONSOLE_URL", f"http://localhost:{USUAL_PORT}")
    for key, name in KEYS.items():
        os.environ[f"{name}_FILE"] = str(path / "keys" / key)
    crm = DemoCrm(path / "standin", path / "logs" / "standin.log")
    if crm.table.exists() and not os.environ.get("CRM_CLIENT_ID"):
        os.environ |= {
            "CRM_DC_TABLE": str(crm.table),
            "CRM_ALLOW_LOOPBACK": "1",
            "CRM_CLIENT_ID": "of the stand-in",
            "CRM_CLIENT_SECRET_FILE": str(crm.secret_file),
        }


def _listen(port: int | None) -> list[socket]:
    """Listens on localhost, both ways a browser may read that name. Raises Refusal when the port is taken."""
    wanted = USUAL_PORT if port is None else port
    sockets = [_bind(AF_INET, "127.0.0.1", wanted)]
    try:
        sockets.append(_bind(AF_INET6, "::1", sockets[0].getsockname()[1]))
    except Refusal as exc:
        if isinstance(exc.__cause__, OSError) and exc.__cause__.errno == errno.EADDRINUSE:
            sockets[0].close()
            raise
    return sockets  # one of them on a machine without IPv6


def _bind(family: Any, host: str, port: int) -> socket:
    made = socket(family)
    try:
        made.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen()  # only now does a second listener on this port fail
    except OSError as exc:
        made.close()
        why = "is in use by another program" if exc.errno == errno.EADDRINUSE else f"cannot be used: {exc.strerror}"
        raise Refusal(f"Port {port} {why}. Choose another, for example --port {port + 10}, or --port 0.") from exc
    return made


def _tell_unused(command: str) -> None:
    unused = [name for name in _SERVERS if os.environ.get(name) or os.environ.get(f"{name}_FILE")]
    if unused:
        print(f"{command} keeps everything in its data directory and does not use {', '.join(unused)}.")


def _import_meanwhile() -> None:
    """Loads the slow libraries while the stand-in makes its organisations; none of them reads Django's settings."""
    for name in _SLOW_TO_IMPORT:
        import_module(name)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port number (0 to 65535)")
    return int(text)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
