"""Records that were changed survive a restart of the stand-in: one line of JSON per change, beside the state file."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from crm_client.standin.organisation import JSON

if TYPE_CHECKING:
    from crm_client.standin.world import World


class Journal:
    """The file of changes; only ever made longer while the stand-in runs, and rewritten shorter when it starts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def attach(self, world: World) -> None:
        """Does again what the file tells, and from now on writes every change.

        Changes of organisations that are not served any more are kept for the day they are. A last line that was cut
        off in the middle of writing is dropped: the change behind it was never answered.
        Raises ValueError when another line is broken, OSError when the file can be neither read nor written.
        """
        lines = self._read() if self._path.exists() else []
        for line in lines:
            if line["org"] in world.organisations:
                world.store(line["org"]).replay(line)
        beside = self._path.with_name(self._path.name + ".new")
        with beside.open("wb") as file:
            file.writelines(orjson.dumps(line) + b"\n" for line in _shortened(lines))
        beside.replace(self._path)
        for key in world.organisations:
            world.store(key).changed = partial(self._append, key)

    def _read(self) -> list[JSON]:
        lines: list[JSON] = []
        rows = self._path.read_bytes().splitlines(keepends=True)
        for number, row in enumerate(rows, 1):
            try:
                line = orjson.loads(row)
                if not isinstance(line, dict) or not {"org", "op", "module"} <= set(line):
                    raise ValueError("it is no change of a record")
            except ValueError as exc:
                if number == len(rows) and not row.endswith(b"\n"):
                    break
                sentence = f"line {number} of {self._path} cannot be used ({exc}); move the file away to start anew"
                raise ValueError(sentence) from exc
            lines.append(line)
        return lines

    def _append(self, org: str, line: JSON) -> None:
        with self._lock, self._path.open("ab", buffering=0) as file:
            file.write(orjson.dumps({"org": org, **line}) + b"\n")


def _shortened(lines: list[JSON]) -> list[JSON]:
    """Of several changes of one record, or of its place in a process, the last one alone."""
    last = {_what(line): number for number, line in enumerate(lines)}
    return [line for number, line in enumerate(lines) if _what(line) is None or last[_what(line)] == number]


def _what(line: JSON) -> tuple[str, str, str, str] | None:
    """What a line is about, where a later line about the same makes it needless; None where none does."""
    if line["op"] not in ("put", "place"):
        return None
    id_ = line["record"]["id"] if line["op"] == "put" else line["id"]
    return line["op"], line["org"], line["module"], str(id_)
