"""What a browser does with hostile text, ids, frames and cookies, on every page that the URL configuration has."""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from console.connections.models import Connection
from console.costs.models import Call
from console.metadata.models import Answer
from crm_client.standin import StandIn
from crm_client.standin.organisation import Organisation
from tests.browser.conftest import Visitor
from tests.browser.payloads import payloads
from tests.cast import Person
from tests.connections.test_local_paths import ELSEWHERE
from tests.routes import all_routes, sample_values

NOT_A_PAGE = {"connections:callback", "healthz"}
# Keys whose values people write; names for programs, ids and kinds stay, or there would be no page to look at.
WRITTEN_BY_PEOPLE = re.compile(
    r"(.*_)?(label|labels|value|values|description|message|title|tooltip|text|comment|subject|colour_code|color|link|url"
    r"|name|email|phone|city|street|company|Name|Subject|Company|Description|Email|Title|City|Website|Street)"
)
NAMES_FOR_PROGRAMS = re.compile(
    r"(api|.*_api|locale|time_zone|country|link|base)_?name|iso_code|primary_email|currency_.*"
)
READ_ALL = """() => [
  document.body.innerText,
  ...[...document.querySelectorAll('input, textarea, option')].map(e => e.value),
  ...[...document.querySelectorAll('title, text, [title], [aria-label]')].map(
    e => [e.textContent, e.getAttribute('title'), e.getAttribute('aria-label')].join(' ')),
].join('\\n')"""
WHAT_COULD_RUN = """() => [...document.querySelectorAll('*')].flatMap(e => [
  ...(e.tagName === 'SCRIPT' && !e.src ? ['inline script'] : []),
  ...(['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE'].includes(e.tagName) ? [e.tagName] : []),
  ...e.getAttributeNames().filter(n => n.startsWith('on') || n.startsWith('hx-on') || n === 'style'),
  ...['href', 'src', 'action', 'formaction', 'xlink:href', 'hx-get', 'hx-post'].flatMap(n => {
    const value = e.getAttribute(n);
    if (value === null || value === '') return [];
    const address = new URL(value, document.baseURI);
    const isOutside = ['https:', 'mailto:', 'tel:'].includes(address.protocol) && !address.hostname.includes('evil');
    return address.origin === location.origin || isOutside ? [] : [`${e.tagName} ${n}=${value.slice(0, 80)}`];
  })])"""

LEFT_BEHIND = """async addresses => {
  const answers = await Promise.all(addresses.map(address => fetch(address, {cache: 'force-cache'})));
  return [...answers.filter(answer => !answer.url.includes('/sign-in/')).map(answer => answer.url),
    ...[localStorage, sessionStorage].flatMap(store => Object.values(store)).filter(text => !/^.sign-in./.test(text))];
}"""
ASK_SIGNED_OUT = """async wanted => Promise.all(wanted.map(async next => {
  const headers = {'HX-Request': 'true', 'HX-Current-URL': location.origin + encodeURI(next)};
  const note = new DOMParser().parseFromString(await (await fetch('/connections/', {headers})).text(), 'text/html');
  return [...note.querySelectorAll('a')].flatMap(link => {
    const leads = new URL(link.getAttribute('href'), location.origin);
    return [leads.origin, new URL(leads.searchParams.get('next') || '/', location.origin).origin];
  });
}))"""
BEGIN_SIGN_IN = """async wanted => {
  const read = async (address, how) =>
    new DOMParser().parseFromString(await (await fetch(address, how)).text(), 'text/html');
  const begun = [];
  for (const next of wanted) {
    const form = (await read('/sign-in/?next=' + encodeURIComponent(next))).querySelector('form.entry-form');
    const body = new FormData(form);
    const shown = body.get('next');
    body.set('next', next);
    begun.push([shown, (await read('/sign-in/', {method: 'POST', body})).querySelector('a[href*="/oauth/"]').href]);
  }
  return begun;
}"""

WHERE_IT_ENDS = "address => fetch(address).then(answer => answer.url, problem => String(problem))"


def _poisoned(value: Any, texts: Iterator[str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _poisoned(inner, texts, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, texts, key) for inner in value]
    is_text = isinstance(value, str) and WRITTEN_BY_PEOPLE.fullmatch(key) and not NAMES_FOR_PROGRAMS.fullmatch(key)
    return next(texts) if is_text else value


def _poison(organisation: Organisation, texts: Iterator[str]) -> None:
    """Every text that people write, in everything that the pages of the sample values show."""
    organisation.org = _poisoned(organisation.org, texts)
    for things in (
        organisation.users,
        organisation.profiles,
        organisation.roles,
        organisation.modules,
        organisation.wizards,
    ):
        things[:] = _poisoned(things, texts)
    for shelf in (
        organisation.module_details, organisation.fields, organisation.layouts, organisation.related_lists,
        organisation.custom_views, organisation.records, organisation.timelines, organisation.layout_rules,
    ):  # fmt: skip
        if "Leads" in shelf:
            shelf["Leads"] = _poisoned(shelf["Leads"], texts)  # type: ignore[index]
    for other in (organisation.wizard_details, organisation.blueprint_settings, organisation.record_blueprints):
        for name in list(other):
            other[name] = _poisoned(other[name], texts)  # type: ignore[index]


def _pages(connection: Connection) -> list[str]:
    client, values, found = Client(), sample_values(connection), []
    client.force_login(connection.user)
    for route in all_routes():
        if route.name not in NOT_A_PAGE:
            answer = client.get(route.path(values))
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                found.append(route.path(values))
    return found


def _read(page: Page, problems: list[str], where: str) -> str:
    problems += [f"{where}: {what}" for what in page.evaluate(WHAT_COULD_RUN)]
    problems += [f"{where}: payload {number} ran" for number in page.evaluate("window.whatRan")]
    return str(page.evaluate(READ_ALL))


def test_hostile_text_in_every_name_and_value_is_shown_and_never_runs(signed_in: Visitor, standin: StandIn) -> None:
    """120 texts in every label, value, name and message of the organisation, on every page and as every fragment."""
    page, texts = signed_in.page, payloads()
    connection = Connection.objects.get()
    _poison(standin.organisation("demo"), cycle(texts))
    Connection.objects.update(org_name=texts[9], crm_user_name=texts[46], crm_user_email=texts[48])
    page.context.add_init_script(
        "window.whatRan = []; window.ran = number => window.whatRan.push(number); window.alert = window.ran"
    )
    paths = _pages(connection)
    assert len(paths) > 20
    problems: list[str] = []
    seen = ""
    for path in paths:
        page.goto(signed_in.console + path, wait_until="domcontentloaded")
        seen += _read(page, problems, path)
    own = [path for path in paths if path.startswith("/c/")]
    page.goto(signed_in.console + own[0])
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div id=\"here\"></div>')")
    for path in own:
        page.evaluate("path => htmx.ajax('GET', path, {target: '#here', swap: 'innerHTML'})", path)
        _read(page, problems, f"fragment {path}")
    assert problems == []
    shown = {text for text in texts if " ".join(text.split())[:60] in " ".join(seen.split())}
    assert len(shown) > 60
    Call.objects.all().delete()  # how many calls it took is not what this test is about
    standin.world.ledger.credits.clear()


def test_the_exact_id_of_two_neighbours_reaches_the_crm(signed_in: Visitor, standin: StandIn) -> None:
    """A browser would round both to the same number; the CRM may send them as text or as numbers (AC-54)."""
    demo = standin.organisation("demo")
    neighbours = ["5725767000000524157", "5725767000000524158"]
    for field, id_ in zip(demo.fields["Leads"][4:6], neighbours, strict=True):
        field["id"] = id_
    for record, id_ in zip(demo.records["Leads"][:2], neighbours, strict=True):
        record["id"] = id_
    for numbers, id_ in ((False, neighbours[0]), (False, neighbours[1]), (True, neighbours[0]), (True, neighbours[1])):
        if numbers:
            Answer.objects.all().delete()
            standin.fault("numeric_ids")
        page = signed_in.go("/modules/Leads/fields/?page=all")
        page.locator(f"a[href*='{id_}']").first.click()
        page.wait_for_url(f"**{id_}**")
        page = signed_in.go(f"/records/Leads/{id_}/")
        expect(page.get_by_role("banner")).to_be_visible()
        asked = [call["path"] for call in standin.ledger() if "/Leads/5725767" in call["path"]]
        assert id_ in asked[-1]
    assert not [call for call in standin.ledger() if "524160" in call["path"] + call["query"]]


def test_no_page_can_be_framed(signed_in: Visitor) -> None:
    """By another site, nor by a page of this host itself."""
    signed_in.go("/")
    page = signed_in.context.new_page()
    framing = f"<iframe id=f src='{signed_in.home}/modules/'></iframe>"
    for address in ("http://attacker.localhost:1/", f"{signed_in.console}/framing"):
        page.route(address, lambda route: route.fulfill(content_type="text/html", body=framing))
        page.goto(address)
        frame = page.frames[1]
        frame.wait_for_load_state()
        assert frame.url.startswith("chrome-error:"), address
        assert "Leads" not in frame.content()


def test_a_planted_session_a_stolen_cookie_and_what_the_browser_keeps(visitor: Visitor) -> None:
    """A session id planted before is not the one after signing in; the old cookie is worth nothing (AC-58)."""
    name = settings.SESSION_COOKIE_NAME
    planted = "plantedplantedplantedplantedplan"
    Session.objects.create(session_key=planted, session_data="", expire_date="2099-01-01T00:00:00Z")
    visitor.context.add_cookies([{"name": name, "value": planted, "url": visitor.console}])
    visitor.sign_in()
    session = _session_of(visitor)
    assert session not in ("", planted)
    visitor.go("/modules/Leads/fields/?q=lead")
    kept = visitor.page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await caches.keys(), "
        "(await indexedDB.databases()).map(one => one.name)])"
    )
    assert not re.search("Halden|Lead_Source|Moreau|1000\\.", kept)
    thief = visitor.page.context.browser.new_context()  # type: ignore[union-attr]
    for stolen, is_over in ((planted, True), (session, False)):
        assert _is_let_in(thief, visitor.console, name, stolen) is not is_over
    visitor.page.locator("summary", has_text="Alice Moreau").click()
    visitor.page.get_by_role("button", name="Sign out", exact=True).click()
    visitor.page.wait_for_url("**/sign-in/**")
    assert not _is_let_in(thief, visitor.console, name, session)
    thief.close()
    visitor.page.go_back()
    expect(visitor.page.get_by_role("button", name="Sign in with Zoho CRM")).to_be_visible()
    assert "/sign-in/" in visitor.page.url
    seen = [f"{visitor.home}/modules/Leads/fields/?q=lead", f"{visitor.home}/"]
    assert visitor.page.evaluate(LEFT_BEHIND, seen) == []


def test_whatever_next_says_the_browser_ends_here(visitor: Visitor, standin: StandIn, alice: Person) -> None:
    """In the sign-in page's address and form, through Zoho and back, and in what htmx is told signed out (AC-57)."""
    page, ours, hosts = visitor.page, visitor.console, set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{ours}/sign-in/")
    told = page.evaluate(ASK_SIGNED_OUT, ELSEWHERE)
    assert [set(origins) for origins in told] == [{ours}] * len(ELSEWHERE)
    visitor.enter(alice.user)
    ends = set()
    for shown, address in page.evaluate(BEGIN_SIGN_IN, ELSEWHERE):
        standin.advance(100)  # ten sign-ins in ten minutes are enough for Zoho
        back = standin.sign_in(address, user="alice", org="demo")
        ends.add((shown, page.evaluate(WHERE_IT_ENDS, back)))
    assert ends == {("/", f"{ours}/connections/{alice.connection.slug}/")}
    assert hosts == {urlsplit(ours).netloc}


def _session_of(visitor: Visitor) -> str:
    return {str(one["name"]): str(one["value"]) for one in visitor.context.cookies()}.get(
        settings.SESSION_COOKIE_NAME, ""
    )


def _is_let_in(thief: Any, console: str, name: str, session: str) -> bool:
    thief.clear_cookies()
    thief.add_cookies([{"name": name, "value": session, "url": console}])
    return "/sign-in/" not in thief.request.get(f"{console}/connections/").url
