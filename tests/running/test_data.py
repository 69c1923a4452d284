"""The data directory: one console at a time, and a sentence for everything that keeps it from being used."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from console.running.data import DataDirectory, Refusal


def test_a_new_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    data = DataDirectory.open(tmp_path / "é" / "data")
    key = data.key("token_keys")
    assert data.path.stat().st_mode & 0o777 == 0o700
    assert key.stat().st_mode & 0o777 == 0o600
    Fernet(key.read_text().strip())
    data.close()
    assert not (data.path / "lock").exists()


def test_a_key_is_made_once(tmp_path: Path) -> None:
    data = DataDirectory.open(tmp_path)
    first = {name: data.key(name).read_text() for name in ("secret_key", "token_keys")}
    data.database.touch()
    assert {name: data.key(name).read_text() for name in first} == first
    assert first["secret_key"] != first["token_keys"]
    data.close()


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_lost_key_is_never_replaced(tmp_path: Path, left: str) -> None:
    data = DataDirectory.open(tmp_path)
    data.database.touch()
    if left == "an empty file":
        (tmp_path / "keys" / "secret_key").touch()
    with pytest.raises(Refusal, match="holds a database, but not its key"):
        data.key("secret_key")
    data.close()


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    first = DataDirectory.open(tmp_path)
    first.describe("process 4711, http://localhost:8000")
    with pytest.raises(Refusal, match=r"already runs on .* \(process 4711, http://localhost:8000\)"):
        DataDirectory.open(tmp_path)
    first.close()
    DataDirectory.open(tmp_path).close()


def test_the_lock_of_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    DataDirectory.open(tmp_path).close()
    (tmp_path / "lock").write_text("process 1, http://localhost:8000")
    DataDirectory.open(tmp_path).close()


def test_somebody_elses_directory_is_not_filled(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(Refusal, match="holds other things than a console's data"):
        DataDirectory.open(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_full_disk_is_named_before_anything_is_written() -> None:
    """/proc has no room at all, on every Linux."""
    with pytest.raises(Refusal, match="There is no room left in /proc: 0 MB are free"):
        DataDirectory.open(Path("/proc"))


def test_a_disk_that_fills_up_while_a_key_is_written_leaves_no_half_key(tmp_path: Path) -> None:
    data = DataDirectory.open(tmp_path)
    (tmp_path / "keys" / "secret_key.part").symlink_to("/dev/full")
    with pytest.raises(Refusal, match="There is no room left"):
        data.key("secret_key")
    assert not (tmp_path / "keys" / "secret_key").exists()
    data.close()
