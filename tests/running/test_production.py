"""Production by environment variables alone: gunicorn, workers and beat, on the servers that the tests run on."""

import base64
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_server
from urllib.parse import urlsplit
from urllib.request import Request

import pytest
from celery import Celery

from console.celery import app
from tests.running.processes import get, manage, run, started

DATABASE_URL = os.environ.get("DATABASE_URL", "")
BROKER_URL = os.environ.get("CELERY_BROKER_URL", "memory://")
HAS_BROKER = not BROKER_URL.startswith("memory:")
SECRETS = {
    "CONSOLE_SECRET_KEY": "canary-secret-key-canary-secret-key-canary-secret-key",
    "CONSOLE_TOKEN_KEYS": base64.urlsafe_b64encode(b"canary-token-key canary-token-ke").decode(),
    "CRM_CLIENT_SECRET": "canary-client-secret",
}


def documented(data: Path) -> dict[str, str]:
    """The settings that the README names for production."""
    return {
        **SECRETS,
        "CONSOLE_URL": "https://console.example.com",
        "CONSOLE_DATA": str(data),
        "CONSOLE_ORGS": "eu:808232144",
        "CONSOLE_TRUSTED_PROXIES": "127.0.0.1",
        "CRM_CLIENT_ID": "1000.CANARY",
        "CRM_HOME_DC": "eu",
        "CELERY_BROKER_URL": BROKER_URL,
    }


@contextmanager
def database(data: Path) -> Iterator[str]:
    """The address of an empty database of the kind that the tests use."""
    if not DATABASE_URL.startswith("postgres"):
        yield f"sqlite:///{data}/console.sqlite3"
        return
    import psycopg

    server = urlsplit(DATABASE_URL)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS console_started WITH (FORCE)")
        connection.execute("CREATE DATABASE console_started")
        yield urlsplit(DATABASE_URL)._replace(path="/console_started").geturl()
        connection.execute("DROP DATABASE console_started WITH (FORCE)")


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


def test_an_operator_deploys_without_a_warning(tmp_path: Path) -> None:
    settings = {**documented(tmp_path), "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0"}
    code, said = run("check", "--deploy", "--fail-level", "WARNING", **settings)
    assert (code, said.strip()) == (0, "System check identified no issues (0 silenced).")


@pytest.mark.parametrize("missing", ["CONSOLE_SECRET_KEY", "CONSOLE_TOKEN_KEYS", "CRM_CLIENT_ID", "CRM_CLIENT_SECRET"])
def test_a_missing_setting_is_named_with_what_helps(tmp_path: Path, missing: str) -> None:
    code, said = run("check", **{**documented(tmp_path), missing: ""})
    assert code == 1
    assert missing in said
    assert "Traceback" not in said
    assert "canary" not in said


def test_start_for_a_real_crm_names_what_it_needs(tmp_path: Path) -> None:
    code, said = run("start", "--port", "0", "--data", str(tmp_path / "data"))
    assert code == 1
    assert "CRM_CLIENT_ID and CRM_CLIENT_SECRET are not set" in said
    assert "/sign-in/callback/" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data" / "lock").exists()


def test_start_for_a_real_crm_runs_without_a_stand_in(tmp_path: Path) -> None:
    real = {"CRM_CLIENT_ID": "1000.CANARY", "CRM_CLIENT_SECRET": "canary-client-secret", "CRM_HOME_DC": "eu"}
    with started(manage("start", "--port", "0", "--data", str(tmp_path / "data")), **real) as process:
        url = process.line_with("The console runs at http://").split("runs at ")[1].strip()
        assert get(f"{url}/sign-in/")[0] == 200
        assert process.children() == []
        process.send(signal.SIGTERM)
        assert process.ended()[0] == 0
    assert not (tmp_path / "data" / "standin").exists()


def test_start_behind_a_proxy_that_ends_tls_asks_which_one(tmp_path: Path) -> None:
    """Without that, every page would redirect to itself."""
    real = {"CRM_CLIENT_ID": "1000.CANARY", "CRM_CLIENT_SECRET": "canary-client-secret"}
    code, said = run("start", "--port", "0", "--data", str(tmp_path), CONSOLE_URL="https://console.example.com", **real)
    assert code == 1
    assert "set CONSOLE_TRUSTED_PROXIES" in said
    assert len(said.strip().splitlines()) == 1


def test_start_behind_a_proxy_that_ends_tls_shows_its_pages(tmp_path: Path) -> None:
    port = free_port()
    real = {
        "CRM_CLIENT_ID": "1000.CANARY",
        "CRM_CLIENT_SECRET": "canary-client-secret",
        "CONSOLE_URL": "https://console.example.com",
        "CONSOLE_TRUSTED_PROXIES": "127.0.0.1,::1",
    }
    with started(manage("start", "--port", str(port), "--data", str(tmp_path / "data")), **real) as process:
        process.line_with("The console runs at https://console.example.com")
        proxied = {"Host": "console.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        assert get(Request(f"http://127.0.0.1:{port}/sign-in/", headers=proxied))[0] == 200
        assert json.loads(get(f"http://127.0.0.1:{port}/healthz")[1])["broker"]["ok"] is True
    assert "No hostname" not in (tmp_path / "data" / "logs" / "console.log").read_text()


def test_the_data_of_a_demo_is_not_opened_for_the_real_crm(tmp_path: Path) -> None:
    """The table of data centres decides where a stored token is sent (D1)."""
    data = tmp_path / "data"
    with database(tmp_path) as url:
        settings = {**documented(data), "DATABASE_URL": url}
        assert run("migrate", "--verbosity", "0", **settings) == (0, "")
        connect = (
            "from console.connections.models import Connection, User; Connection.objects.create("
            "user=User.objects.create(), dc='standin-us', environment='production', zgid='1', credits_left=None)"
        )
        code, said = run("shell", "--verbosity", "0", "-c", connect, **settings)
        assert code == 0, said
        for command in ([sys.executable, "-c", "import console.wsgi"], worker("jobs")):
            with started(command, **settings) as process:
                code, said = process.ended()
            assert code == 1
            assert "This database holds connections to a stand-in CRM" in said


def test_gunicorn_serves_and_says_how_it_is(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "console.wsgi", "-c", "python:console.serving", "--workers", "1"]
    with database(tmp_path) as url:
        settings = {**documented(tmp_path), "CONSOLE_URL": f"http://localhost:{port}", "DATABASE_URL": url}
        assert run("migrate", "--verbosity", "0", **settings) == (0, "")
        assert run("collectstatic", "--noinput", "--verbosity", "0", **settings) == (0, "")
        with started([*command, "--bind", f"127.0.0.1:{port}"], **settings) as web:
            web.line_with("Booting worker")
            status, body = get(f"http://localhost:{port}/healthz")
            assert status == (200 if HAS_BROKER else 503)
            assert {part: json.loads(body)[part]["ok"] for part in ("process", "database", "broker")} == {
                "process": True,
                "database": True,
                "broker": HAS_BROKER,
            }
            page = get(f"http://localhost:{port}/sign-in/")[1]
            assert "canary" not in page
            moved = Request(f"http://localhost:{port}/elsewhere/sign-in/", headers={"SCRIPT_NAME": "/elsewhere"})
            assert get(moved)[0] == 404  # what stands in a header bends no address
            web.send(signal.SIGTERM)
            code, said = web.ended()
    assert code == 0
    assert "canary" not in said
    assert "Warning" not in said


@contextmanager
def gunicorn(port: int, **settings: str) -> Iterator[str]:
    """The address of a console under gunicorn, one process."""
    command = [sys.executable, "-m", "gunicorn", "console.wsgi", "-c", "python:console.serving", "--workers", "1"]
    settings = {**settings, "CONSOLE_URL": f"http://localhost:{port}"}
    with started([*command, "--preload", "--bind", f"127.0.0.1:{port}"], **settings) as web:
        web.line_with("Booting worker")
        yield f"http://localhost:{port}"


if DATABASE_URL.startswith("postgres"):

    def test_a_restart_of_the_database_costs_nobody_a_page(tmp_path: Path) -> None:
        import psycopg

        with database(tmp_path) as url:
            settings = {**documented(tmp_path), "DATABASE_URL": url}
            assert run("migrate", "--verbosity", "0", **settings) == (0, "")
            with gunicorn(free_port(), **settings) as console:
                callback = f"{console}/sign-in/callback/?state=of-nobody"
                assert get(callback)[0] == 400
                with psycopg.connect(url, autocommit=True) as operator:
                    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
                    assert operator.execute(cut, ["console_started", operator.info.backend_pid]).fetchall()
                assert [get(callback)[0] for _ in range(3)] == [400, 400, 400]

    def test_a_database_that_is_not_there_is_said_soon(tmp_path: Path) -> None:
        settings = {**documented(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
        with gunicorn(free_port(), **settings) as console:
            began = time.monotonic()
            cookie = {"Cookie": f"console-{urlsplit(console).port}-session=of-somebody"}
            status, body = get(Request(f"{console}/healthz", headers=cookie))
            assert time.monotonic() - began < 5
            assert status == 503
            assert json.loads(body)["database"]["ok"] is False
            status, page = get(Request(f"{console}/connections/", headers=cookie))
            assert status == 503
            assert "briefly unavailable" in page


def worker(queue: str) -> list[str]:
    command = [sys.executable, "-m", "celery", "-A", "console.celery", "worker", "-Q", queue, "-c", "1"]
    return [*command, "-P", "threads", "-n", f"{queue}@tests"]


if HAS_BROKER:  # a broker in memory has no workers beside it; tests/running/test_demo.py tries that one

    @pytest.mark.parametrize("queue", ["jobs", "sweep"])
    def test_a_worker_does_what_its_queue_rings_for(tmp_path: Path, queue: str) -> None:
        task = {"jobs": "console.jobs.housekeeping", "sweep": "console.jobs.sweep"}[queue]
        with database(tmp_path) as url:
            settings = {**documented(tmp_path), "DATABASE_URL": url}
            assert run("migrate", "--verbosity", "0", **settings) == (0, "")
            with started(worker(queue), **settings) as running:
                running.line_with("ready.")
                with Celery(broker=BROKER_URL, set_as_current=False) as bell:
                    bell.conf.update(task_queues=app.conf.task_queues, task_ignore_result=True)
                    bell.send_task(task, queue=queue)
                assert '"level": "info"' in running.line_with(f"Task {task}")
                running.line_with("succeeded")
                running.send(signal.SIGTERM)
                code, said = running.ended()
        assert code == 0
        assert "canary" not in said


def test_a_message_for_one_queue_reaches_no_other() -> None:
    routes = {queue.name: (queue.exchange.name, queue.routing_key) for queue in app.conf.task_queues}
    assert routes == {"jobs": ("jobs", "jobs"), "sweep": ("sweep", "sweep")}


def test_each_task_has_its_queue_without_a_warning(tmp_path: Path) -> None:
    """The routes of the application say it alone, so that whoever rings need not."""
    show = (
        "import warnings, django; warnings.simplefilter('error'); django.setup();"
        "from console.celery import app; app.loader.import_default_modules();"
        "print([app.amqp.router.route({}, f'console.jobs.{name}')['queue'].name"
        " for name in ('run_job', 'sweep', 'housekeeping')])"
    )
    settings = {**documented(tmp_path), "DJANGO_SETTINGS_MODULE": "console.settings"}
    with started([sys.executable, "-c", show], **settings) as process:
        assert process.ended() == (0, "['jobs', 'sweep', 'jobs']\n")
