"""Seals over the audit's entries: who edits or deletes one past the triggers is found out (design D22, threat T21).

Each seal is an HMAC over the seal before it, its own number and time, and the whole entry. The key lies outside the
database: it is made from CONSOLE_SECRET_KEY, and each seal says which key it was made with, so that a changed one
begins a new stretch of the same chain. How far the chain reached is also noted in a file of the data directory and in
the log, so that an end that was cut off together with its seals is missed.
"""

import hashlib
import hmac
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from console.audit.models import Entry, Seal

log = logging.getLogger(__name__)

NOTE = "audit-seal.json"
_BATCH = 1000
_MOST = 20_000  # entries in one call: a sweeper has other work too
_LATE = timedelta(
    minutes=10
)  # an entry may be committed after one with a higher id was sealed, but not later than this
_FIELDS = ("id", "at", "identity", "person", "connection", "dc", "zgid", "action", "detail", "address")


@dataclass(frozen=True, slots=True)
class Key:
    """A sealing key; `name` tells it from others and is no secret."""

    secret: bytes
    name: str

    @classmethod
    def of(cls, secret_key: str) -> "Key":
        derived = HKDF(SHA256(), 32, salt=None, info=b"console: seals of the audit").derive(secret_key.encode())
        return cls(derived, hashlib.sha256(derived).hexdigest()[:16])

    def mac(self, before: str, n: int, at: datetime, entry: tuple[Any, ...]) -> str:
        row = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in entry]
        text = json.dumps([before, n, at.astimezone(UTC).isoformat(), *row], sort_keys=True, separators=(",", ":"))
        return hmac.new(self.secret, text.encode(), "sha256").hexdigest()


def key() -> Key:
    """The key that seals are made with now."""
    return Key.of(settings.SECRET_KEY)


def seal() -> int:
    """Seals what is not sealed yet, oldest first; gives back how many. Two at once do no harm: one gives way."""
    done = 0
    while done < _MOST:
        try:
            count = _seal_batch()
        except IntegrityError:  # another one sealed the same entries meanwhile
            break
        done += count
        if count < _BATCH:
            break
    return done


def _seal_batch() -> int:
    mine = key()
    with transaction.atomic():
        last = Seal.objects.order_by("-n").first()
        before, n = (last.mac, last.n) if last else ("", 0)
        now, made = timezone.now(), []
        for entry in _unsealed(last).values_list(*_FIELDS)[:_BATCH]:
            n += 1
            before = mine.mac(before, n, now, entry)
            made.append(Seal(n=n, entry=entry[0], mac=before, key=mine.name, at=now))
        Seal.objects.bulk_create(made)
    if made:
        _note(made[-1])
    return len(made)


def _unsealed(last: Seal | None) -> "QuerySet[Entry]":
    """Entries to be sealed next, by id; older ones without a seal were put in by somebody else."""
    if last is None:
        return Entry.objects.order_by("id")
    newest = Seal.objects.order_by("-entry").values_list("entry", flat=True)[:1]
    is_sealed = Exists(Seal.objects.filter(entry=OuterRef("pk")))
    return Entry.objects.filter(Q(id__gt=newest) | Q(at__gte=last.at - _LATE)).exclude(is_sealed).order_by("id")


# --- the note outside the database -----------------------------------------------------------------------------------


def _note_file() -> Path:
    return Path(settings.DATA_DIR) / NOTE


def _noted() -> tuple[int, str] | None:
    """(number, seal) of the end of the chain as it was noted; None without a note that can be read."""
    try:
        said = json.loads(_note_file().read_text("utf-8"))
        return int(said["n"]), str(said["mac"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(last: Seal) -> None:
    """Moves the note on. One that the chain does not contain stays as it is: it is the proof that an end is missing."""
    log.info("audit sealed", extra={"n": last.n, "seal": last.mac})
    noted = _noted()
    if noted is not None and not _is_in_chain(*noted):
        log.error("the audit does not contain the seal that was noted; see manage.py audit_verify")
        return
    file = _note_file()
    part = file.with_name(f"{NOTE}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps({"n": last.n, "mac": last.mac, "at": last.at.isoformat()}) + "\n", "utf-8")
        part.replace(file)
    except OSError:
        log.exception("how far the audit is sealed could not be noted", extra={"file": str(file)})


def _is_in_chain(n: int, mac: str) -> bool:
    return Seal.objects.filter(n=n, mac=mac).exists()


# --- verifying --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Verdict:
    """What verifying found.

    sealed, until  how many entries the whole part of the chain holds, and when its last one was sealed
    waiting        entries that the sweeper has not come to yet
    problem        the first thing wrong, as a sentence; "" when all is well
    remark         what could not be looked at, as a sentence, or ""
    """

    sealed: int = 0
    until: datetime | None = None
    waiting: int = 0
    problem: str = ""
    remark: str = ""


def verify(earlier: list[str] | None = None) -> Verdict:
    """Goes through the whole chain once.

    earlier  former values of CONSOLE_SECRET_KEY that older seals were made with
    """
    keys = {one.name: one for one in (key(), *(Key.of(text) for text in earlier or []))}
    found = Verdict()
    found.problem = _first_break(found, keys) or _foreign_entry(found) or _cut_end(found)
    return found


def _first_break(found: Verdict, keys: dict[str, Key]) -> str:
    before = ""
    for one, entry in _pairs():
        n = found.sealed + 1
        if one.n != n:
            return f"Seal {n} is missing: the next one there is is {one.n}, of entry {one.entry}."
        if entry is None:
            return f"Entry {one.entry} is missing: it was sealed as number {n} at {_moment(one.at)}."
        used = keys.get(one.key)
        if used is None:
            return (
                f"Entry {one.entry} (seal {n}) and those after it were sealed with another CONSOLE_SECRET_KEY (its "
                f"seals are marked {one.key}): give that one too, with --earlier FILE."
            )
        if not hmac.compare_digest(used.mac(before, n, one.at, entry), one.mac):
            _, at, identity, person, _, _, _, action, _, _ = entry
            return (
                f"Entry {one.entry} (seal {n}) or its seal was changed. It now reads: {_moment(at)}, "
                f"{person or identity or 'somebody'}, {action}."
            )
        before = one.mac
        found.sealed, found.until = n, one.at
    return ""


def _pairs() -> Iterator[tuple[Seal, tuple[Any, ...] | None]]:
    """Every seal in order, with its entry or None."""
    last = 0
    while True:
        seals = list(Seal.objects.filter(n__gt=last).order_by("n")[: 2 * _BATCH])
        if not seals:
            return
        rows = Entry.objects.filter(pk__in=[one.entry for one in seals]).values_list(*_FIELDS)
        entries = {row[0]: row for row in rows}
        for one in seals:
            yield one, entries.get(one.entry)
        last = seals[-1].n


def _foreign_entry(found: Verdict) -> str:
    last = Seal.objects.order_by("-n").first()
    to_come = _unsealed(last)
    found.waiting = to_come.count()
    if last is None:
        return ""
    is_sealed = Exists(Seal.objects.filter(entry=OuterRef("pk")))
    extra = Entry.objects.exclude(is_sealed).exclude(pk__in=to_come.values("pk")).order_by("pk").first()
    if extra is None:
        return ""
    return f"Entry {extra.pk} was put in afterwards: it has no seal, though later ones have. It reads: {extra}."


def _cut_end(found: Verdict) -> str:
    noted = _noted()
    if noted is None:
        if found.sealed:
            found.remark = (
                f"{_note_file()} is not there or not to be read, so an end that was deleted together with its seals "
                "could not be noticed; the log says “audit sealed” with every number."
            )
        return ""
    if _is_in_chain(*noted):
        return ""
    return (
        f"{_note_file()} says that {noted[0]} entries were sealed; the database has {found.sealed}, and not that seal. "
        "Its end was deleted, or an older backup was put back; if it was a backup, remove that file."
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
