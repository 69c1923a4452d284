"""A database that is away for a moment: said in words, on every page, and nothing was lost."""

import errno
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from tests.cast import Person


def away(problem: Exception) -> Any:
    """Lets every query fail like this."""

    def fail(*args: Any) -> None:
        raise problem

    return connection.execute_wrapper(fail)


@pytest.fixture
def reader(alice: Person) -> Client:
    """Alice's, which shows what the console answers to an exception."""
    alice.client.raise_request_exception = False
    return alice.client


@pytest.mark.parametrize("problem", [OperationalError("server closed the connection"), InterfaceError("closed")])
@pytest.mark.parametrize("path", ["/", "/connections/", "/modules/"])
def test_alice_is_told_to_reload_in_a_moment(alice: Person, reader: Client, path: str, problem: Exception) -> None:
    with away(problem):
        answer = reader.get(alice.at(path) if path == "/modules/" else path)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert 'data-error-code="SAVING-UNAVAILABLE"' in page
    assert "briefly unavailable" in page
    assert "Nothing was lost" in page
    assert "<html" in page


def test_a_fragment_is_replaced_by_a_fragment(alice: Person, reader: Client) -> None:
    with away(OperationalError("server closed the connection")):
        answer = reader.get(alice.at("/modules/"), headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert 'data-error-code="SAVING-UNAVAILABLE"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("problem", [OperationalError("no such table: x"), ProgrammingError("x does not exist")])
def test_a_fault_of_ours_is_still_called_one(reader: Client, problem: Exception) -> None:
    with away(problem):
        answer = reader.get("/connections/")
    assert answer.status_code == 500
    assert 'data-error-code="CONSOLE-FAULT"' in answer.content.decode()


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("problem", [OperationalError("database or disk is full"), FULL])
def test_a_full_disk_is_called_one(alice: Person, reader: Client, problem: Exception) -> None:
    with away(problem):
        page = reader.get(alice.at("/modules/"))
        fragment = reader.get(alice.at("/modules/"), headers={"HX-Request": "true"})
    assert (page.status_code, fragment.status_code) == (507, 507)
    for answer in (page, fragment):
        assert 'data-error-code="NO-SPACE"' in answer.content.decode()
    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()


def test_an_upload_that_finds_no_room_says_so(
    alice: Person, reader: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Django writes larger files to the disk while it reads the form, before any page is asked."""

    def full(*args: Any) -> None:
        raise FULL

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr(TemporaryUploadedFile, "__init__", full)
    sent = reader.post(alice.at("/records/Leads/new/"), {"Photo": SimpleUploadedFile("a.bin", b"x" * 2_000)})
    assert (sent.status_code, "NO-SPACE" in sent.content.decode()) == (507, True)
