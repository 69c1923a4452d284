"""A table as a file in the browser."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from console.exports import Table, as_csv, as_json, as_markdown, file_name

_FORMS: dict[str, tuple[str, Callable[[Table], str]]] = {
    "json": ("application/json", as_json),
    "md": ("text/markdown", as_markdown),
}


def download(request: HttpRequest, table: Table, form: str, *name: str) -> HttpResponse:
    """The table as csv (guarded; `?exact=1` for programs), json or md; any other form is no address."""
    if form == "csv":
        exact = request.GET.get("exact") == "1"
        return attachment(as_csv(table, exact=exact).encode(), "text/csv", file_name(*name) + ".csv")
    if form not in _FORMS:
        raise Http404
    kind, write = _FORMS[form]
    return attachment(write(table).encode(), kind, f"{file_name(*name)}.{form}")


def attachment(body: bytes, kind: str, name: str) -> HttpResponse:
    """`name` is ASCII, as `file_name` makes it."""
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    response = HttpResponse(body, content_type=kind + charset)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
