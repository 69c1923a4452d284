"""Whatever the CRM's text holds, it is shown as text, and no page fails over it."""

from html.parser import HTMLParser
from typing import Any

import pytest

from console.jobs import services
from console.jobs.models import Job
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db

MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% debug %}",
    "</pre></script><svg onload=alert(1)>",
    "]]>--><!--",
]
EVIL = [" ".join(MARKUP), "javascript:alert(1)", "\u202eevil\u2066 متجر a\x00b " + "x" * 4500]
PAGES = [
    "/",
    "/modules/?page=all&columns=api_name,module_name,singular_label,description,parent_module,modified_by,status",
    "/modules/Leads/",
    "/modules/Leads/fields/?page=all",
    "/modules/Leads/layouts/",
    "/modules/Leads/related-lists/",
    "/modules/Leads/custom-views/",
    "/modules/field-workbook/",
]


class _Reader(HTMLParser):
    """Collects what a browser would run: handlers, inline styles, inline scripts, addresses of other schemes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            is_address = name in ("href", "src", "action", "hx-get", "hx-post") and ":" in (value or "").split("/")[0]
            if name.startswith("on") or name == "style" or is_address:
                self.found.append(f"{tag} {name}={value}")
        if tag == "style" or (tag == "script" and not dict(attrs).get("src")) or tag in ("iframe", "img", "object"):
            self.found.append(tag)


def _live_parts(body: str) -> list[str]:
    reader = _Reader()
    reader.feed(body)
    return reader.found


def _poison(value: Any, text: str, keep: frozenset[str]) -> Any:
    """Every text of an answer replaced, except under the keys that make addresses and choices."""
    if isinstance(value, dict):
        return {key: inner if key in keep else _poison(inner, text, keep) for key, inner in value.items()}
    if isinstance(value, list):
        return [_poison(inner, text, keep) for inner in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("text", EVIL)
def test_no_text_of_the_crm_becomes_markup(alice: Person, standin: StandIn, text: str) -> None:
    keep = frozenset({"api_name", "id", "type", "status", "generated_type", "data_type", "zgid"})
    organisation = standin.organisation("demo")
    organisation.org = _poison(organisation.org, text, keep)
    organisation.modules[:] = _poison(organisation.modules, text, keep)
    for shelf in (organisation.fields, organisation.layouts, organisation.related_lists, organisation.custom_views):
        shelf["Leads"] = _poison(shelf["Leads"], text, keep)
    field = next(field for field in organisation.fields["Leads"] if field["pick_list_values"])
    for path in [*PAGES, f"/modules/Leads/fields/{field['id']}/"]:
        page = alice.client.get(alice.at(path))
        assert page.status_code == 200, path
        body = page.content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "<svg onload" not in body
        assert "\x00" not in body
        assert _live_parts(body) == [], path
    for form in ("csv", "json", "md"):
        assert alice.get(f"/modules/modules.{form}").status == 200
        assert alice.get(f"/modules/Leads/fields.{form}").status == 200


ODD: list[Any] = [None, 7, True, {}, ["x", 7, None, []], {"id": 7, "name": None}, "x"]


@pytest.mark.parametrize("odd", ODD, ids=[str(n) for n in range(len(ODD))])
def test_a_value_of_another_kind_than_told_breaks_no_page(alice: Person, standin: StandIn, odd: Any) -> None:
    keep = frozenset({"api_name", "id"})
    organisation = standin.organisation("demo")
    organisation.org = {key: inner if key in keep else odd for key, inner in organisation.org.items()}
    organisation.modules[:] = [
        {key: inner if key in keep else odd for key, inner in one.items()} for one in organisation.modules
    ]
    for shelf in (organisation.fields, organisation.related_lists, organisation.custom_views):
        shelf["Leads"] = [{key: inner if key in keep else odd for key, inner in one.items()} for one in shelf["Leads"]]
    layouts = organisation.layouts["Leads"]
    for section in layouts[0]["sections"]:
        section["fields"] = [
            {"api_name": "X", "id": "1", "pick_list_values": odd, "required": odd, "default_value": odd}
        ]
        section["properties"] = odd
    layouts[1:] = [{key: inner if key in keep else odd for key, inner in one.items()} for one in layouts[1:]]
    field = organisation.fields["Leads"][0]
    others = [f"/modules/Leads/layouts/{one['id']}/" for one in layouts]
    for path in [*PAGES, f"/modules/Leads/fields/{field['id']}/", *others]:
        answer = alice.client.get(alice.at(path))
        assert answer.status_code in (200, 404), path
    for form in ("md", "xlsx"):
        alice.client.post(alice.at("/modules/field-workbook/make/"), {"form": form})
    for job in Job.objects.filter(kind="field_workbook"):
        services.run(job.pk)
    assert list(Job.objects.values_list("state", flat=True)) == ["done", "done"]


@pytest.mark.parametrize("fault", ["numeric_ids", "bigint", "deep"])
def test_an_odd_answer_never_costs_the_kept_copy(alice: Person, standin: StandIn, fault: str) -> None:
    for path in ("/modules/Leads/", "/modules/Leads/fields/", "/modules/Leads/layouts/"):
        alice.get(path)
    standin.fault(fault)
    for part in ("detail", "fields", "layouts"):
        assert alice.client.post(alice.at(f"/modules/Leads/refresh/{part}/")).status_code == 302
    for path in ("/modules/Leads/", "/modules/Leads/fields/", "/modules/Leads/layouts/"):
        assert alice.get(path).status == 200


def test_a_label_of_a_megabyte_is_shown(alice: Person, standin: StandIn) -> None:
    standin.organisation("demo").modules[1]["plural_label"] = "W" * 1_000_000
    page = alice.get("/modules/")
    assert page.status == 200
    assert alice.get("/modules/", q="W" * 300).status == 200


def test_ids_as_numbers_stay_exact_and_usable(alice: Person, standin: StandIn) -> None:
    standin.fault("numeric_ids")
    field = standin.organisation("demo").fields["Leads"][0]
    assert f"/modules/Leads/fields/{field['id']}/" in alice.get("/modules/Leads/fields/").text
    assert alice.get(f"/modules/Leads/fields/{field['id']}/").status == 200


@pytest.mark.parametrize("count", [0, 5000])
def test_no_modules_and_five_thousand_are_both_listed(alice: Person, standin: StandIn, count: int) -> None:
    organisation = standin.organisation("demo")
    one = organisation.modules[1]
    organisation.modules[:] = [
        {**one, "api_name": f"M{n}", "id": str(n), "plural_label": f"M {n}"} for n in range(count)
    ]
    page = alice.get("/modules/", page="all")
    assert page.status == 200
    assert f"{count:,} modules." in page.text


def test_a_module_without_a_name_has_no_page_but_a_row(alice: Person, standin: StandIn) -> None:
    standin.organisation("demo").modules[0].update(
        api_name="../users", plural_label=None, singular_label=None, module_name="Odd"
    )
    page = alice.get("/modules/")
    assert '<tr><th scope="row"><bdi>Odd</bdi></th>' in page.text
    assert "../users" not in page.text
