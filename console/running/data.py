"""The data directory: one console at a time, its keys, and every reason to refuse, in one sentence each (D26).

Standard library only: it is read before Django is. The files are readable by their owner alone (the launcher sets the
umask). Inside: `console.sqlite3`, `keys/`, `files/`, `logs/`, `standin/` (demo only), and `lock` while in use.
"""

import base64
import errno
import fcntl
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

DATABASE = "console.sqlite3"
KEYS = {"secret_key": "CONSOLE_SECRET_KEY", "token_keys": "CONSOLE_TOKEN_KEYS"}
ROOM_BYTES = 20_000_000  # a first start writes about 3 MB; the rest is for logs and SQLite's own side files
_INNER = ("files", "keys", "logs", "static")  # static: empty here, but WhiteNoise warns when it is missing


class Refusal(Exception):
    """The console does not start; the text is the whole message for the person at the terminal."""


@dataclass(slots=True)
class DataDirectory:
    """A directory that this process alone works in, until `close`."""

    path: Path
    _lock: int

    @classmethod
    def open(cls, path: Path) -> "DataDirectory":
        """Makes the directory if it is missing, checks that it can be worked in, and takes its lock.

        Raises Refusal when it is in use, read-only, full, or holds something else.
        """
        path = path.expanduser().absolute()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(path)
            _refuse_full(path, shutil.disk_usage(path).free)
            lock = _take_lock(path)
            for name in _INNER:
                (path / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as exc:
            raise refusal(path, exc) from exc
        return cls(path, lock)

    @property
    def database(self) -> Path:
        return self.path / DATABASE

    def describe(self, line: str) -> None:
        """Writes who holds the lock, for the message that a second start prints."""
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, line.encode(), 0)

    def key(self, name: str) -> Path:
        """The file that holds a key, made on the first start.

        Raises Refusal when there is a database but not its key: a new one could not read what the old one wrote.
        """
        file = self.path / "keys" / name
        try:
            if file.is_file() and file.stat().st_size:
                return file
            if self.database.exists():
                raise Refusal(
                    f"{self.path} holds a database, but not its key ({file}). Put that file back,"
                    " or begin anew in an empty directory: --data DIR."
                )
            made = (
                base64.urlsafe_b64encode(os.urandom(32)).decode() if name == "token_keys" else secrets.token_urlsafe(50)
            )
            write_private(file, f"{made}\n")
        except OSError as exc:
            raise refusal(self.path, exc) from exc
        return file

    def close(self) -> None:
        """Gives the directory back; nothing of the lock stays behind."""
        (self.path / "lock").unlink(missing_ok=True)
        os.close(self._lock)


def write_private(file: Path, text: str) -> None:
    """Writes a file that only its owner can read; it is whole or absent, even after a power cut."""
    part = file.with_name(f"{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def refusal(path: Path, problem: OSError) -> Refusal:
    """The sentence for an error of the operating system in a data directory."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(f"There is no room left in {path}. Make room, or choose another directory: --data DIR.")
    reason = problem.strerror or str(problem)
    return Refusal(f"The data directory {path} cannot be written: {reason}. Choose another: --data DIR.")


def _refuse_foreign(path: Path) -> None:
    """A directory with other things in it is not ours to fill."""
    names = {entry.name for entry in path.iterdir()} - {"lost+found"}
    if names and not names & {"lock", "keys", DATABASE}:
        raise Refusal(f"{path} holds other things than a console's data. Choose an empty directory: --data DIR.")


def _refuse_full(path: Path, free: int) -> None:
    if free < ROOM_BYTES:
        raise Refusal(
            f"There is no room left in {path}: {free // 1_000_000} MB are free, the console needs"
            f" {ROOM_BYTES // 1_000_000}. Make room, or choose another directory: --data DIR."
        )


def _take_lock(path: Path) -> int:
    """An exclusive lock that ends with the process, however it ends."""
    file = path / "lock"
    while True:
        lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.pread(lock, 200, 0).decode("utf-8", "replace").strip()
            os.close(lock)
            raise Refusal(
                f"A console already runs on {path}{f' ({holder})' if holder else ''}."
                " Stop that one, or choose another directory: --data DIR."
            ) from exc
        # The holder before us may have removed the file between our open and our lock.
        if file.exists() and os.path.samestat(os.fstat(lock), file.stat()):
            return lock
        os.close(lock)
