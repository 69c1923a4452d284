"""What was forced past the triggers is found: a changed, deleted or added entry, a cut end (D22, T21, AC-67)."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction
from django.db import connection as database
from django.utils import timezone

from console.audit import seals, trail, triggers
from console.audit.models import Entry, Seal
from console.jobs import sweeper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def _record(count: int) -> list[int]:
    for number in range(count):
        trail.record("connection.added", dc="us", number=number, name="Bjørn")
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


def _force(statement: str, *values: Any) -> None:
    """As somebody with the database's password does it."""
    triggers.drop(database)
    with database.cursor() as cursor:
        cursor.execute(statement, values)
    triggers.create(database)


def _verified(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and what the command said."""
    try:
        call_command("audit_verify", *arguments)
    except CommandError as exc:
        return exc.returncode, str(exc)
    return 0, capsys.readouterr().out


def test_the_sweeper_seals_and_the_command_says_how_far(capsys: pytest.CaptureFixture[str]) -> None:
    _record(3)
    assert sweeper.sweep()["audit entries sealed"] == 3
    trail.record("sign_out")
    code, said = _verified(capsys)
    assert code == 0
    assert re.search(r"Sealed and unchanged: 3, until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", said)
    assert "Waiting for the sweeper, which seals every 30 seconds: 1." in said


def test_an_empty_audit_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert seals.seal() == 0
    assert _verified(capsys) == (0, "Sealed and unchanged: 0.\n")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "nothing"), ("person", "Somebody else"), ("identity", "us:1:2"), ("zgid", "1"), ("dc", "eu"),
        ("connection", "other"), ("address", "203.0.113.1"), ("detail", '{"dc": "eu"}'),
        ("at", "2020-01-01 00:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_changed_entry_is_named(capsys: pytest.CaptureFixture[str], column: str, value: str) -> None:
    ids = _record(4)
    seals.seal()
    _force(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", value, ids[1])
    code, said = _verified(capsys)
    assert code == 1
    assert f"Entry {ids[1]} (seal 2) or its seal was changed" in said
    assert "Unchanged before that: 1, until" in said


def test_a_deleted_entry_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    ids = _record(4)
    seals.seal()
    _force("DELETE FROM audit_entry WHERE id = %s", ids[2])
    code, said = _verified(capsys)
    assert (code, f"Entry {ids[2]} is missing: it was sealed as number 3" in said) == (1, True)


def test_an_entry_deleted_with_its_seal_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    ids = _record(4)
    seals.seal()
    _force("DELETE FROM audit_entry WHERE id = %s", ids[2])
    _force("DELETE FROM audit_seal WHERE n = 3")
    code, said = _verified(capsys)
    assert (code, "Seal 3 is missing" in said) == (1, True)


def test_closing_the_gap_in_the_numbers_does_not_help(capsys: pytest.CaptureFixture[str]) -> None:
    ids = _record(4)
    seals.seal()
    _force("DELETE FROM audit_entry WHERE id = %s", ids[2])
    _force("DELETE FROM audit_seal WHERE n = 3")
    _force("UPDATE audit_seal SET n = 3 WHERE n = 4")
    code, said = _verified(capsys)
    assert (code, f"Entry {ids[3]} (seal 3) or its seal was changed" in said) == (1, True)


def test_two_entries_that_changed_places_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    ids = _record(3)
    seals.seal()
    _force("UPDATE audit_seal SET entry = -1 WHERE n = 1")
    _force("UPDATE audit_seal SET entry = %s WHERE n = 2", ids[0])
    _force("UPDATE audit_seal SET entry = %s WHERE n = 1", ids[1])
    assert _verified(capsys)[0] == 1


def test_an_entry_put_in_afterwards_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    ids = _record(3)
    _force("DELETE FROM audit_entry WHERE id = %s", ids[1])  # before it was sealed: a gap
    seals.seal()
    Entry.objects.create(id=ids[1], action="connection.added", at=timezone.now() - timedelta(days=2))
    seals.seal()
    code, said = _verified(capsys)
    assert (code, f"Entry {ids[1]} was put in afterwards" in said) == (1, True)


def test_an_entry_committed_late_is_sealed_after_its_followers(capsys: pytest.CaptureFixture[str]) -> None:
    """A transaction that began first may end last; its entry has the lower number."""
    ids = _record(3)
    late = Entry.objects.get(pk=ids[1])
    _force("DELETE FROM audit_entry WHERE id = %s", ids[1])
    assert seals.seal() == 2
    late.save(force_insert=True)
    assert seals.seal() == 1
    assert Seal.objects.get(entry=ids[1]).n == 3
    assert _verified(capsys)[0] == 0


def test_an_end_cut_off_with_its_seals_is_missed(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    ids = _record(5)
    seals.seal()
    _force("DELETE FROM audit_entry WHERE id >= %s", ids[3])
    _force("DELETE FROM audit_seal WHERE n >= 4")
    code, said = _verified(capsys)
    assert code == 1
    assert "says that 5 entries were sealed; the database has 3" in said
    _record(4)  # and going on does not cover it up
    seals.seal()
    assert json.loads((data / seals.NOTE).read_text())["n"] == 5
    assert _verified(capsys)[0] == 1
    (data / seals.NOTE).unlink()  # as told, after a backup was put back
    seals.seal()
    assert _verified(capsys)[0] == 0


def test_without_the_note_it_is_said_that_a_cut_could_not_be_seen(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _record(1)
    seals.seal()
    (data / seals.NOTE).write_text("broken")
    call_command("audit_verify")
    assert "could not be noticed" in capsys.readouterr().err


def test_a_directory_that_cannot_be_written_does_not_stop_sealing(settings: Any) -> None:
    settings.DATA_DIR = "/nowhere"
    _record(1)
    assert seals.seal() == 1


def test_a_changed_secret_key_goes_on_in_the_same_chain(
    capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path
) -> None:
    ids = _record(2)
    seals.seal()
    (tmp_path / "former").write_text(settings.SECRET_KEY + "\n")
    settings.SECRET_KEY = "another key that only the tests use, and long enough for the check"
    _record(2)
    assert seals.seal() == 2
    code, said = _verified(capsys)
    assert (code, f"Entry {ids[0]} (seal 1) and those after it were sealed with another" in said) == (1, True)
    assert "--earlier FILE" in said
    assert _verified(capsys, "--earlier", str(tmp_path / "former"))[0] == 0
    _force("UPDATE audit_entry SET action = 'nothing' WHERE id = %s", ids[1])
    assert _verified(capsys, "--earlier", str(tmp_path / "former"))[0] == 1


def test_who_does_not_know_the_key_cannot_seal_anew(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    ids = _record(2)
    seals.seal()
    _force("UPDATE audit_entry SET action = 'nothing' WHERE id = %s", ids[0])
    _force("DELETE FROM audit_seal")
    own, settings.SECRET_KEY = settings.SECRET_KEY, "what a thief of the database makes up to seal it again"
    seals.seal()
    settings.SECRET_KEY = own
    assert _verified(capsys)[0] == 1


def test_a_piece_of_another_history_does_not_fit(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    """Sealed rightly, with the right number, but after something else: from a backup, say."""
    ids = _record(2)
    seals.seal()
    entry, one = Entry.objects.get(pk=ids[1]), Seal.objects.get(n=2)
    _force("DELETE FROM audit_entry")
    _force("DELETE FROM audit_seal")
    (data / seals.NOTE).unlink()
    for pk in ids:
        Entry.objects.create(pk=pk, action="job.started")
    seals.seal()
    assert _verified(capsys)[0] == 0
    _force("DELETE FROM audit_entry WHERE id = %s", ids[1])
    _force("DELETE FROM audit_seal WHERE n = 2")
    (data / seals.NOTE).unlink()
    entry.save(force_insert=True)
    one.save(force_insert=True)
    code, said = _verified(capsys)
    assert (code, f"Entry {ids[1]} (seal 2) or its seal was changed" in said) == (1, True)


def test_seals_are_only_ever_added() -> None:
    _record(1)
    seals.seal()
    empty = "TRUNCATE audit_seal" if database.vendor == "postgresql" else "DELETE FROM audit_seal WHERE 1"
    for statement in ("UPDATE audit_seal SET mac = 'x'", "DELETE FROM audit_seal", empty):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), database.cursor() as cursor:
            cursor.execute(statement)
    assert Seal.objects.count() == 1


def test_two_sweepers_at_once_make_one_chain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other one comes between our reading and our writing."""
    _record(3)
    make: Callable[..., Any] = Seal.objects.bulk_create
    entered: list[int] = []

    def other_first(made: list[Seal]) -> Any:
        if not entered:
            entered.append(1)
            make(list(made))
        return make(made)

    monkeypatch.setattr(Seal.objects, "bulk_create", other_first)
    assert seals.seal() == 0
    monkeypatch.undo()
    seals.seal()
    assert Seal.objects.count() == 3
    assert _verified(capsys)[0] == 0


def test_more_than_a_batch_is_sealed_and_verified_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    Entry.objects.bulk_create([Entry(action="job.started", detail={"n": n}) for n in range(2 * seals._BATCH + 5)])
    assert seals.seal() == 2005
    assert _verified(capsys)[0] == 0
    assert list(Seal.objects.order_by("n").values_list("entry", flat=True)) == list(
        Entry.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_no_key_is_in_the_database_or_the_note(data: Path, settings: Any) -> None:
    _record(1)
    seals.seal()
    written = str(Seal.objects.values()) + (data / seals.NOTE).read_text()
    assert settings.SECRET_KEY not in written
    assert seals.key().secret.hex() not in written


def test_a_part_of_the_sweeper_that_fails_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise RuntimeError

    monkeypatch.setitem(sweeper.PARTS, "jobs rung for", broken)
    _record(1)
    done = sweeper.sweep()
    assert done["audit entries sealed"] == 1
    assert "jobs rung for" not in done
