"""Makes and fills the virtual environment, then runs the same command again inside it.

Standard library only: it works on a machine with nothing but Python 3.11. `manage.py` calls `ensure` first thing; once
everything is installed that costs a few milliseconds. `python3 console/bootstrap.py dev` installs further extras.

Which environment: an active virtual environment is used and filled; otherwise a Python that has everything already
(a container) is left alone; otherwise `.venv` beside `manage.py` is made.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata, util
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = "console/constraints.txt"
STAMP = "console-installed.json"  # in the environment; what is in there, and whether it is whole
ENTERED = "CONSOLE_BOOTSTRAP_ENTERED"  # set across one exec, so that a mistake ends in a sentence, not in a circle


@dataclass(slots=True)
class Stamp:
    """What was installed into an environment."""

    ours: bool = False  # made by this file, so it may be thrown away and made again
    whole: bool = False  # False from the first change until the last package is in
    fingerprint: str = ""  # of the wanted packages and their exact versions
    extras: tuple[str, ...] = ()

    @classmethod
    def read(cls, environment: Path) -> "Stamp | None":
        """The stamp in an environment; None when there is none or it cannot be understood."""
        try:
            raw = json.loads((environment / STAMP).read_text("utf-8"))
            return cls(bool(raw["ours"]), bool(raw["whole"]), str(raw["fingerprint"]), tuple(raw["extras"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, environment: Path) -> None:
        part = environment / f"{STAMP}.part"
        part.write_text(json.dumps(asdict(self)), "utf-8")
        part.replace(environment / STAMP)


def ensure(argv: list[str], root: Path = ROOT) -> None:
    """Returns when this interpreter can run the command; otherwise installs and runs `argv` again, never to return.

    Ends the program with one sentence when that is impossible.
    """
    entered = os.environ.pop(ENTERED, "")
    extras = ("test",) if argv[1:2] == ["test"] else ()
    in_environment = sys.prefix != sys.base_prefix
    home = Path(sys.prefix) if in_environment else root / ".venv"
    if in_environment or _has_all(requirements(root, extras)):
        if not in_environment or _is_ready(home, root, extras):
            return
    elif entered:
        _stop(f"{entered} does not start inside {home}. Delete that directory and try again.")
    try:
        python = fill(home, extras, root)
    except KeyboardInterrupt:
        _stop("\nStopped before everything was installed. The same command goes on from here.", 130)
    _say_nothing_twice()
    os.environ[ENTERED] = str(python)
    os.execv(python, [str(python), *argv])  # noqa: S606  no shell: paths with spaces and accents arrive whole


def fill(home: Path, extras: Iterable[str], root: Path = ROOT) -> Path:
    """Makes the environment `home` if need be, installs what is missing, and returns its interpreter.

    One process at a time does the work; a second one waits and then finds it done.
    """
    if os.name != "posix":
        _stop("The console runs on Linux and macOS. On Windows, start it inside WSL.")
    try:
        with _one_at_a_time(home.absolute().parent):
            return _fill(home, tuple(extras), root)
    except OSError as exc:
        _stop(
            f"{home} cannot be filled: {exc.strerror or exc}. Activate a virtual environment of your own, or make room."
        )


def _fill(home: Path, extras: tuple[str, ...], root: Path) -> Path:
    if home != Path(sys.prefix):
        _make(home)
    python = home / "bin" / "python"
    stamp = Stamp.read(home) or Stamp()
    extras = tuple(sorted({*stamp.extras, *extras}))
    if stamp.whole and stamp.fingerprint == fingerprint(root, extras):
        return python
    print(f"Installing what the console needs into {home} (about half a minute) ...", flush=True)
    stamp.whole = False
    stamp.write(home)
    _pip(python, root, requirements(root, extras))
    Stamp(stamp.ours, True, fingerprint(root, extras), extras).write(home)
    return python


def requirements(root: Path = ROOT, extras: Iterable[str] = ()) -> list[str]:
    """What pyproject.toml asks for: its dependencies and those of the extras, extras within extras opened."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    found = list(project["dependencies"])
    waiting = list(extras)
    while waiting:
        for line in project["optional-dependencies"][waiting.pop()]:
            own = re.fullmatch(re.escape(project["name"]) + r"\[([\w,-]+)\]", line)
            if own:
                waiting += own[1].split(",")
            else:
                found.append(line)
    return sorted(set(found))


def fingerprint(root: Path, extras: Iterable[str]) -> str:
    """Changes when a requirement or an exact version does."""
    parts = [*requirements(root, extras), (root / CONSTRAINTS).read_text("utf-8")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _is_ready(home: Path, root: Path, extras: tuple[str, ...]) -> bool:
    stamp = Stamp.read(home)
    if stamp is None:
        return _has_all(requirements(root, extras))  # filled by hand, as production is
    return stamp.whole and set(extras) <= set(stamp.extras) and stamp.fingerprint == fingerprint(root, stamp.extras)


def _has_all(lines: list[str]) -> bool:
    return all(_has(line) for line in lines)


def _has(line: str) -> bool:
    """Whether this interpreter has a requirement such as `Django>=5.2,<5.3` or `psycopg[pool]>=3.3`."""
    try:
        here = _numbers(metadata.version(re.split(r"[^\w.-]", line)[0]))
    except metadata.PackageNotFoundError:
        return False
    bounds = re.findall(r"(>=|<)([\d.]+)", line)
    return all((here >= _numbers(version)) == (sign == ">=") for sign, version in bounds)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _make(home: Path) -> None:
    """Makes the environment, or makes it again where an interrupted run or a vanished Python left half of one."""
    stamp = Stamp.read(home) or Stamp()
    if home.is_dir():
        half_made = stamp.ours and not stamp.whole
        if _is_sound(home) and not half_made:
            return
        if not stamp.ours and any(home.iterdir()):
            _stop(f"{home} has lost its Python. Delete that directory and try again.")
        print(f"{home} is not whole (an installation was interrupted, or its Python is gone): making it again.")
        shutil.rmtree(home)
    missing = [name for name in ("venv", "ensurepip") if util.find_spec(name) is None]
    if missing:
        _stop(
            f"This Python ({sys.executable}) has no {missing[0]}, so it cannot make a virtual environment.\n"
            "On Debian and Ubuntu: apt install python3-venv. Then try again."
        )
    print(f"Making a virtual environment in {home} ...", flush=True)
    home.mkdir()
    Stamp(ours=True).write(home)
    code, output = _run([sys.executable, "-m", "venv", str(home)])
    if code:
        _stop(f"The virtual environment could not be made:\n{_end(output)}")


def _is_sound(home: Path) -> bool:
    """Whether the environment has an interpreter whose Python is still on this machine."""
    try:
        lines = (home / "pyvenv.cfg").read_text("utf-8").splitlines()
    except OSError:
        return False
    settings = dict(line.split(" = ", 1) for line in lines if " = " in line)
    base = settings.get("executable")  # absent when something else than `python -m venv` made it
    return (home / "bin" / "python").exists() and (base is None or Path(base).exists())


def _pip(python: Path, root: Path, wanted: list[str]) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    code, output = _run([*command, "--constraint", str(root / CONSTRAINTS), *wanted])
    if not code:
        return
    if "No module named pip" in output:
        cause = f"Give this environment a pip first: {python} -m ensurepip."
    elif "No space left" in output:
        cause = "The disk is full. Make room; the same command tries again."
    else:
        cause = "Is the Python package index within reach of this machine? The same command tries again."
    _stop(f"pip could not install what the console needs:\n{_end(output)}\n{cause}")


def _run(command: list[str]) -> tuple[int, str]:
    """Exit code and all output. The child shares our lock, so that it counts as installing even if we are killed."""
    ran = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        close_fds=False,
        env={**os.environ, "PIP_USER": "0"},  # a person's own "install for me only" would miss the environment
    )
    return ran.returncode, ran.stdout


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    """Holds a lock on a directory itself, which leaves no file behind and ends with the process."""
    handle = os.open(directory, os.O_RDONLY)
    os.set_inheritable(handle, True)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is installing; waiting for it ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _say_nothing_twice() -> None:
    """Empties the output buffers, which exec would throw away."""
    sys.stdout.flush()
    sys.stderr.flush()


def _end(output: str) -> str:
    return "\n".join(line for line in output.strip().splitlines()[-12:])


def _stop(sentence: str, code: int = 1) -> NoReturn:
    _say_nothing_twice()
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    inside = sys.prefix != sys.base_prefix
    fill(Path(sys.prefix) if inside else ROOT / ".venv", sys.argv[1:])
