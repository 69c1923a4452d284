"""The stand-in as a process of its own, as `demo` and people start it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "crm_client.standin", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield running, json.loads(running.stdout.readline() or "{}")
        finally:
            running.kill()


def six_free_ports() -> int:
    """First of six neighbouring ports that are free now."""
    for first in range(21_000 + os.getpid() % 5_000, 60_000, 7):
        try:
            for port in range(first, first + 6):
                with socket.create_server(("127.0.0.1", port)):
                    pass
        except OSError:
            continue
        return first
    raise AssertionError("no six free ports")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_answers_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    table = tmp_path / "table.json"
    with process("--port", "0", "--seed", "3", "--dc-table", str(table)) as (running, ready):
        assert json.loads(table.read_text()) == ready["table"]
        assert ready["accounts"]["standin-eu"] == ready["table"]["standin-eu"]["accounts"]
        tokens = requests.post(ready["accounts"]["standin-us"] + "/__standin/token", json={}, timeout=20).json()
        headers = {"Authorization": f"Zoho-oauthtoken {tokens['access_token']}"}
        answer = requests.get(tokens["api_domain"] + "/crm/v8/users?type=CurrentUser", headers=headers, timeout=20)
        assert answer.json()["users"][0]["first_name"] == "Alice"
        running.send_signal(number)
        output, errors = running.communicate(timeout=5)
        assert (running.returncode, output, errors) == (0, "", "")


def test_its_ports_follow_each_other_in_the_order_of_the_contract(tmp_path: Path) -> None:
    first = six_free_ports()
    with process("--port", str(first)) as (_, ready):
        urls = [
            url
            for row in (ready["table"]["standin-us"], ready["table"]["standin-eu"])
            for url in (row["accounts"], row["api"]["production"], row["api"]["sandbox"])
        ]
        assert urls == [f"http://127.0.0.1:{first + number}" for number in range(6)]
        with process("--port", str(first + 2)) as (second, nothing):
            assert nothing == {}
            _, errors = second.communicate(timeout=10)
            assert second.returncode == 2
            assert errors.startswith("The stand-in CRM cannot start: ")
            assert "Traceback" not in errors


def test_tokens_survive_a_restart(tmp_path: Path) -> None:
    state, first = str(tmp_path / "state.json"), str(six_free_ports())
    with process("--port", first, "--state", state) as (running, ready):
        tokens = requests.post(ready["accounts"]["standin-us"] + "/__standin/token", json={}, timeout=20).json()
        running.kill()  # nothing is lost even so: every change is written at once
    with process("--port", first, "--state", state) as (_, again):
        assert again["client_secret"] == ready["client_secret"]
        headers = {"Authorization": f"Zoho-oauthtoken {tokens['access_token']}"}
        assert requests.get(tokens["api_domain"] + "/crm/v8/org", headers=headers, timeout=20).status_code == 200


def test_a_saved_organisation_is_served_beside_the_built_in_ones(tmp_path: Path) -> None:
    saved = tmp_path / "bakery"
    saved.mkdir()
    (saved / "modules.json").write_text('{"modules": [{"api_name": "Breads", "id": "1"}]}')
    with process("--port", "0", "--org", str(saved)) as (_, ready):
        assert {"demo", "bakery"} <= set(ready["organisations"])
    (saved / "modules.json").write_text('{"modules": [')
    with process("--port", "0", "--org", str(saved)) as (running, nothing):
        _, errors = running.communicate(timeout=10)
        assert (nothing, running.returncode) == ({}, 2)
        assert "modules.json, line 1" in errors


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "0", "--state", "/nowhere/at/all.json"]])
def test_what_cannot_start_says_so_in_a_sentence(arguments: list[str]) -> None:
    with process(*arguments) as (running, ready):
        _, errors = running.communicate(timeout=10)
        assert (ready, running.returncode) == ({}, 2)
        assert errors.startswith("The stand-in CRM cannot start: ")
        assert errors.count("\n") == 1
