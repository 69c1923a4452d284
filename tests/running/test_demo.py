"""manage.py demo: one command, one address, and nothing left behind."""

import json
import os
import re
import signal
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_connection, create_server

import pytest

from tests.running.processes import Started, get, gone, manage, run, started, until


@contextmanager
def demo(data: Path, *more: str) -> Iterator[tuple[Started, str]]:
    """A running demo and its address."""
    with started(manage("demo", "--port", "0", "--data", str(data), *more)) as process:
        line = process.line_with("runs at http://")
        yield process, line.split("runs at ")[1].strip()


def accounts_of(data: Path) -> str:
    """Where the demo's CRM lets people sign in."""
    table = json.loads((data / "standin" / "data-centres.json").read_text())
    return str(table["standin-us"]["accounts"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_newcomer_starts_the_demo_opens_a_page_and_stops_it(tmp_path: Path, number: signal.Signals) -> None:
    data = tmp_path / "Données de démo"
    with demo(data) as (process, url):
        status, page = get(f"{url}/sign-in/")
        assert status == 200
        assert "Zoho CRM" in page
        assert json.loads(get(f"{url}/healthz")[1])["ok"] is True
        crm = os.pidfd_open(process.children()[0])
        process.send(number)
        code, said = process.ended()
    assert code == 0
    assert "Traceback" not in said
    assert gone(crm)
    assert not (data / "lock").exists()
    with pytest.raises(ConnectionRefusedError):
        create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])))


def test_the_worker_hears_the_bell(tmp_path: Path) -> None:
    """At each start beat rings for the housekeeping; the worker of the same process does it."""
    log = tmp_path / "data" / "logs" / "console.log"
    with demo(tmp_path / "data"):
        done = re.compile(r"console\.jobs\.housekeeping\[.*succeeded")
        assert until(lambda: any(done.search(line) for line in log.read_text().splitlines()))


def test_a_second_start_on_the_same_data_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with demo(tmp_path / "data") as (process, url):
        code, said = run("demo", "--port", "0", "--data", str(tmp_path / "data"))
        assert (code, said.count("\n")) == (1, 1)
        assert f"A console already runs on {tmp_path / 'data'} (process {process.pid}, {url})." in said
        assert get(f"{url}/healthz")[0] == 200


def test_starting_again_keeps_what_was_there(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data) as (process, _):
        keys = {key.name: key.read_text() for key in (data / "keys").iterdir()}
        accounts = accounts_of(data)
        process.send(signal.SIGTERM)
        process.ended()
    with demo(data):
        assert {key.name: key.read_text() for key in (data / "keys").iterdir()} == keys
        assert accounts_of(data) == accounts


def test_others_on_the_machine_cannot_read_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data):
        open_to_others = [
            path for path in [data, *data.rglob("*")] if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        ]
    assert open_to_others == []


def test_the_crm_ends_when_the_console_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data) as (process, _):
        crm = os.pidfd_open(process.children()[0])
        process.send(signal.SIGKILL)
        process.ended()
        assert gone(crm)
    with demo(data) as (_, url):  # the lock of the dead one holds nobody up
        assert get(f"{url}/healthz")[0] == 200


def test_a_crm_that_dies_is_started_again_where_it_was(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data) as (process, _):
        accounts = accounts_of(data)
        os.kill(process.children()[0], signal.SIGKILL)
        process.line_with("The stand-in CRM ended (exit code -9); starting it again.")
        port = int(accounts.rsplit(":", 1)[1])

        def answers() -> bool:
            try:
                create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                return False
            return True

        assert until(answers)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with closing(create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        code, said = run("demo", "--port", str(port), "--data", str(tmp_path / "data"))
    assert (code, said.count("\n")) == (1, 1)
    assert f"Port {port} is in use by another program. Choose another, for example --port {port + 10}" in said


def test_a_database_without_its_key_is_refused_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data) as (process, _):
        process.send(signal.SIGTERM)
        process.ended()
    (data / "keys" / "token_keys").unlink()
    code, said = run("demo", "--port", "0", "--data", str(data))
    assert (code, said.count("\n")) == (1, 1)
    assert "holds a database, but not its key" in said
    assert not (data / "keys" / "token_keys").exists()


def test_a_broken_database_is_told_in_words(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data) as (process, _):
        process.send(signal.SIGTERM)
        process.ended()
    for file in data.glob("console.sqlite3*"):
        file.write_bytes(b"not a database" * 1000)
    code, said = run("demo", "--port", "0", "--data", str(data))
    assert code == 1
    assert "console.sqlite3 cannot be used: file is not a database" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("where", ["/proc/no/such", "/dev/null/x"])
def test_a_directory_that_cannot_be_written_is_named(where: str) -> None:
    code, said = run("demo", "--port", "0", "--data", where)
    assert (code, said.count("\n")) == (1, 1)
    assert f"The data directory {where} cannot be written" in said


def test_other_commands_work_on_the_demos_data(tmp_path: Path) -> None:
    with demo(tmp_path / "data"):
        code, said = run("check", CONSOLE_DATA=str(tmp_path / "data"))
    assert (code, said.strip()) == (0, "System check identified no issues (0 silenced).")


def test_the_demo_never_sees_the_settings_of_a_real_crm(tmp_path: Path) -> None:
    real = {
        "CRM_CLIENT_ID": "1000.REAL",
        "CRM_CLIENT_SECRET_EU": "real-secret",
        "CRM_HOME_DC": "eu",
        "CONSOLE_ORGS": "eu:1",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/real",
    }
    with started(manage("demo", "--port", "0", "--data", str(tmp_path / "data")), **real) as process:
        process.line_with("does not use DATABASE_URL")
        url = process.line_with("runs at http://").split("runs at ")[1].strip()
        assert get(f"{url}/healthz")[0] == 200
        assert "Stand-in" in get(f"{url}/sign-in/")[1] or "standin" in get(f"{url}/sign-in/")[1]
