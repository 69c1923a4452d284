"""A form as somebody without a script fills it in: what its inputs hold is sent, changed where they were changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest

from crm_client.transport import Http
from tests.cast import Page, Person


class _Inputs(HTMLParser):
    """Names and values of one form's inputs, as a browser would send them without a press of a button."""

    def __init__(self, css_class: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._css_class, self._inside = css_class, 0
        self._area: str | None = None
        self._select: tuple[str, bool] | None = None
        self._chosen = False
        self._first: str | None = None
        self._hidden_template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._inside = self._css_class in at.get("class", "").split()
        if tag == "template":
            self._hidden_template += 1
        if not self._inside or self._hidden_template or "disabled" in at:
            return
        name = at.get("name", "")
        if tag == "textarea" and name:
            self._area = name
            self.values.setdefault(name, []).append("")
        elif tag == "select" and name:
            self._select, self._chosen, self._first = (name, "multiple" in at), False, None
        elif tag == "option" and self._select:
            if "selected" in at:
                self.values.setdefault(self._select[0], []).append(at.get("value", ""))
                self._chosen = True
            elif self._first is None:
                self._first = at.get("value", "")
        elif tag == "input" and name and at.get("type") not in ("submit", "button", "file"):
            if at.get("type") in ("checkbox", "radio") and "checked" not in at:
                return
            self.values.setdefault(name, []).append(at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = 0
        elif tag == "template":
            self._hidden_template -= 1
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select:
            name, several = self._select
            if not self._chosen and not several:
                self.values.setdefault(name, []).append(self._first or "")
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self._inside:
            before = self.values[self._area][-1]
            # a browser drops the line break right after <textarea>
            self.values[self._area][-1] = before + (data.removeprefix("\n") if not before else data)


class Paper:
    """One opened form: `fill` it in, then `send` it or `check` it."""

    def __init__(self, person: Person, path: str, css_class: str = "record-form") -> None:
        self.person, self.path, self._css_class = person, path, css_class
        self.page = person.get(path)
        assert self.page.status == 200, self.page.text
        self.values = self._read()

    def _read(self) -> dict[str, list[str]]:
        inputs = _Inputs(self._css_class)
        inputs.feed(self.page.text)
        return inputs.values

    def fill(self, values: dict[str, Any]) -> "Paper":
        """Types texts, ticks lists of them; a name that the form does not have is a mistake of the test."""
        for name, value in values.items():
            self.values[name] = list(value) if isinstance(value, list | tuple) else [str(value)]
        return self

    def press(self, button: str, value: str, **files: Any) -> Page:
        """Presses one of the form's buttons; what the page then holds is what further presses send."""
        path = self.person.at(self.path)
        answer = self.person.client.post(path, {**self.values, button: value, **files})
        self.page = Page(answer)
        if answer.status_code < 300 or answer.status_code in (409, 422):
            self.values = self._read()
        return self.page

    def send(self, **files: Any) -> Page:
        return self.press("_do", "send", **files)

    def check(self, **files: Any) -> Page:
        return self.press("_do", "check", **files)


@contextmanager
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, dict[str, Any]]]]:
    """(verb, path, body) of every JSON that leaves for the CRM, as it stands on the wire."""
    told: list[tuple[str, str, dict[str, Any]]] = []
    real = Http.send

    def listening(self: Http, method: str, url: str, **rest: Any) -> Any:
        if method in ("POST", "PUT") and str(rest["headers"].get("Content-Type", "")).startswith("application/json"):
            told.append((method, url.split("/crm/v8")[-1], json.loads(rest["body"])))
        return real(self, method, url, **rest)

    monkeypatch.setattr(Http, "send", listening)
    yield told
    monkeypatch.setattr(Http, "send", real)
