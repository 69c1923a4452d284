"""What survives a restart: tokens, consents, the clock's offset and the registered client, in one file.

The records that were changed stand beside it, in a file of their own (journal.py).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from crm_client.standin.journal import Journal

if TYPE_CHECKING:
    from crm_client.standin.world import World

VERSION = 1


class StateFile:
    """The file; written whole, beside itself, and put in place in one step."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def attach(self, world: World) -> None:
        """Takes up what the file holds, and from now on writes every change.

        Raises ValueError when the file is broken, OSError when it can be neither read nor written.
        """
        if self._path.exists():
            self._load(world)
        Journal(self._path.with_name(self._path.name + ".records")).attach(world)
        world.save = lambda: self._write(world)
        self._write(world)

    def _load(self, world: World) -> None:
        try:
            kept: dict[str, Any] = orjson.loads(self._path.read_bytes())
            if kept["version"] != VERSION:
                raise ValueError(f"version {kept['version']!r} is not {VERSION}")
            world.client = type(world.client)(kept["client"]["id"], kept["client"]["secret"])
            world.clock.offset_s = float(kept["clock_offset_s"])
            world.tokens.load(kept["tokens"])
        except (KeyError, TypeError, ValueError) as exc:
            sentence = f"the state file {self._path} cannot be used ({exc!r}); move it away to start anew"
            raise ValueError(sentence) from exc

    def _write(self, world: World) -> None:
        beside = self._path.with_name(self._path.name + ".new")
        with world.tokens.lock:  # so that nobody writes an older state over a newer one
            kept = {
                "version": VERSION,
                "client": {"id": world.client.id, "secret": world.client.secret},
                "clock_offset_s": world.clock.offset_s,
                "tokens": world.tokens.export(),
            }
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(orjson.dumps(kept))
            beside.replace(self._path)
