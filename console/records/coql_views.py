"""Queries in COQL: written, run, saved, taken away. A query is run by its number in the history, so no value of a
record stands in an address or in a log."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from console.costs.price_lists import price_list
from console.errors import status_of
from console.http import CrmRequest, needs
from console.paging import page_number
from console.records import cells, columns, listing, query
from console.records.around import READ, eyes_of
from console.records.files import send
from console.records.models import MOST_PAST, PastQuery, SavedQuery
from console.records.query_check import Mistake, mistake
from crm_client.coql import LONGEST
from crm_client.coql_text import limit_of
from crm_client.errors import CrmError, InvalidRequest
from crm_client.fields import Field

COQL = "ZohoCRM.coql.READ"
_EXAMPLE = "select Last_Name, Company, Email, Created_Time\nfrom Leads\nwhere Created_Time > '2025-01-01T00:00:00+00:00'\norder by Created_Time desc"  # noqa: E501
_SHOWN = 30


@require_GET
@needs(COQL, READ)
def coql(request: CrmRequest) -> HttpResponse:
    """The box, its history and what was saved; with `?run=` the rows of one past query."""
    past, saved = _past(request), _saved(request)
    text, name = _EXAMPLE, ""
    context: dict[str, Any] = {}
    status = 200
    if chosen := _one(saved, request.GET.get("saved", "")):
        text, name = chosen.text, chosen.name
    elif run := _one(past, request.GET.get("run", "")):
        text = run.text
        context |= {"run": run, **_results(request, run)}
        status = _status(context.get("problem"))
    elif request.GET.get("run") or request.GET.get("saved"):
        raise Http404("no such query of this person")
    return _box(request, text, name, context, status)


def _box(request: CrmRequest, text: str, name: str, more: dict[str, Any], status: int) -> HttpResponse:
    context: dict[str, Any] = {
        "past": _past(request)[:_SHOWN],
        "saved": _saved(request),
        "longest": LONGEST,
        "text": text,
        "name": name,
        "price": _price(request, text),
        **more,
    }
    return render(request, "records/coql.html", context, status=status)


@require_POST
@needs(COQL, READ)
def coql_run(request: CrmRequest) -> HttpResponse:
    """Keeps the query in the history, or under a name, and goes where its rows are. What the CRM is certain to refuse
    is said here, before a call that costs."""
    text = query.tidy(str(request.POST.get("query", "")))
    name = " ".join(str(request.POST.get("name", "")).split())[:80]
    if not text or len(text) > LONGEST or "\0" in text:
        wrong = Mistake(f"A query has 1 to {LONGEST:,} characters.")
        return _box(request, text.replace("\0", ""), name, {"mistake": wrong}, 400)
    if request.POST.get("do") == "save":
        if not name:
            messages.error(request, "Give the query a name to save it. It stands in the history below.", "NOT-SAVED")
        else:
            SavedQuery.objects.update_or_create(
                connection=request.connection, name=name, defaults={"text": text, "saved_at": timezone.now()}
            )
            messages.success(request, f"Saved as “{name}”.")
            saved = _saved(request).get(name=name)
            return _back(request, f"?saved={saved.pk}")
    if wrong_in := mistake(text, *_names(request, text)):
        return _box(request, text, name, {"mistake": wrong_in}, 400)
    run = _keep(request, text)
    return _back(request, f"?run={run.pk}")


@require_POST
@needs()
def coql_forget(request: CrmRequest) -> HttpResponse:
    """Deletes one saved query, or the whole history."""
    if request.POST.get("do") == "history":
        _past(request).delete()
        messages.success(request, "The history of queries is empty.")
    else:
        one = _one(_saved(request), str(request.POST.get("saved", "")))
        if one is None:
            raise Http404("no such query of this person")
        one.delete()
        messages.success(request, f"“{one.name}” is deleted here. Nothing was changed in Zoho CRM.")
    return redirect("records:coql", request.connection.slug)


@require_GET
@needs(COQL, READ)
def coql_download(request: CrmRequest, form: str) -> HttpResponseBase:
    """The rows that the page shows: the same call once more."""
    run = _one(_past(request), request.GET.get("run", ""))
    if run is None:
        raise Http404("no such query of this person")
    page = request.crm.coql.query(query.page_of(run.text, page_number(request.GET.get("page", ""))))
    rows = query.Rows.of(page.records)
    raw = [record.raw for record in rows.records]
    title = query.module_of(run.text) or "query"
    return send(rows.table(title), raw, form, [title, "query"], exact=request.GET.get("exact") == "1")


def _results(request: CrmRequest, run: PastQuery) -> dict[str, Any]:
    """The rows of a query, or why there are none."""
    number = page_number(request.GET.get("page", ""))
    text = query.page_of(run.text, number)
    found: dict[str, Any] = {"page": number, "price": _price(request, text), "limited": query.has_limit(run.text)}
    if number > query.last_page() and not found["limited"]:
        return {**found, "too_far": True}
    try:
        page = request.crm.coql.query(text)
    except InvalidRequest as exc:
        return {**found, "problem": exc, "refused": exc.code, "where_wrong": query.where_wrong(exc)}
    except CrmError as exc:
        return {**found, "problem": exc}
    rows, eyes = query.Rows.of(page.records), eyes_of(request)
    module = query.module_of(run.text)
    root = f"/c/{request.connection.slug}/records/"
    names = query.shown_columns(rows.names)
    makers = [(name, cells.cell(_column(name), eyes, root)) for name in names]
    known = {one.api_name for one in request.kept.modules().value} if module else set()
    makers_here = f"{root}{module}/" if module in known else ""
    return {
        **found,
        "rows": cells.query_rows(rows.records, makers, makers_here),
        "names": names,
        "count": len(rows.records),
        "first": (number - 1) * 200 + 1,
        "more": page.info.more_records and not found["limited"] and number < query.last_page(),
        "too_far": page.info.more_records and not found["limited"] and number == query.last_page(),
        "more_unseen": page.info.more_records and found["limited"],
        "zone": eyes.zone.key if eyes.zone else "",
    }


def _names(request: CrmRequest, text: str) -> tuple[dict[str, str], list[str]]:
    """What people call the modules, and the first columns of the query's own, as far as they are known: no call."""
    kept = request.kept.known("modules")
    modules = kept.value if kept else []
    called = {
        word.casefold(): one.api_name
        for one in modules
        for word in (one.singular_label, one.plural_label, one.module_name)
    }
    called |= {one.api_name.casefold(): one.api_name for one in modules}
    module = called.get(query.module_of(text).casefold(), "")
    fields = request.kept.known("fields", module) if module else None
    named = columns.name_field(fields.value) if fields else None
    usual = columns.usual(fields.value, None)[:5] if fields else ()
    return called, [*([named.api_name] if named else []), *usual]


def _status(problem: CrmError | None) -> int:
    if problem is None:
        return 200
    return 400 if isinstance(problem, InvalidRequest) else status_of(problem)


def _column(name: str) -> Field:
    """A column of a query: moments by their name, everything else as it comes."""
    kind = "datetime" if name.endswith(("_Time", "_DateTime", "_Time__s")) else "text"
    return Field.from_api({"api_name": "X", "data_type": kind})


def _price(request: CrmRequest, text: str) -> str:
    return listing.credit_words(price_list(request.connection).price("POST", "/coql", records=limit_of(text)))


def _keep(request: CrmRequest, text: str) -> PastQuery:
    """The query as the newest of the history; run again it moves to the front."""
    with transaction.atomic():
        mine = _past(request)
        run = mine.filter(text=text).first() or PastQuery(connection=request.connection, text=text)
        run.ran_at = timezone.now()
        run.save()
        too_old = list(mine.values_list("pk", flat=True)[MOST_PAST:])
        mine.filter(pk__in=too_old).delete()
    return run


def _past(request: CrmRequest) -> Any:
    return PastQuery.objects.for_user(request.user).filter(connection=request.connection)


def _saved(request: CrmRequest) -> Any:
    return SavedQuery.objects.for_user(request.user).filter(connection=request.connection)


def _one(among: Any, number: str) -> Any:
    return among.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 18 else None


def _back(request: CrmRequest, query_string: str) -> HttpResponse:
    response = redirect("records:coql", request.connection.slug)
    response["Location"] += query_string
    return response
