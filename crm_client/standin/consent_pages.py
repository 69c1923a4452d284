"""The pages of the accounts servers: plain HTML that stands on its own and works without script."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from crm_client.standin.organisation import JSON, Organisation
from crm_client.standin.viewer import Viewer, dicts, is_active

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6775; --paper: #f3f5f8; --card: #fff; --line: #d5dbe3;
  --go: #0b5fb8; --go-ink: #fff; --mark: #fff3d6; --mark-ink: #5c4300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #a3afbd; --paper: #14191f; --card: #1d242c;
  --line: #37424e; --go: #6db3f8; --go-ink: #0a1a2b; --mark: #3b3010; --mark-ink: #f5dfa5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
.soft { color: var(--soft); }
.note { background: var(--mark); color: var(--mark-ink); padding: .5rem .75rem; border-radius: .5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem;
  margin: 0 0 1rem; }
.kind { font-size: .8rem; font-weight: 600; border: 1px solid var(--line); border-radius: 1rem; padding: .1rem .6rem;
  margin-left: .5rem; white-space: nowrap; }
.sandbox { background: var(--mark); color: var(--mark-ink); }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
@media (min-width: 36rem) { ul.people { grid-template-columns: 1fr 1fr; } }
button { font: inherit; cursor: pointer; border-radius: .5rem; border: 1px solid var(--line); background: var(--card);
  color: var(--ink); padding: .6rem .9rem; min-height: 2.75rem; }
button:hover:not(:disabled) { border-color: var(--go); }
button:disabled { cursor: not-allowed; color: var(--soft); }
li > button { width: 100%; height: 100%; text-align: left; overflow-wrap: anywhere; }
button small { display: block; color: var(--soft); }
.go { background: var(--go); color: var(--go-ink); border-color: var(--go); font-weight: 600; }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
fieldset { border: 0; margin: 0; padding: 0; }
legend { padding: 0; font-weight: 600; margin-bottom: .5rem; }
label { display: flex; gap: .6rem; align-items: center; padding: .3rem 0; overflow-wrap: anywhere; }
input { width: 1.15rem; height: 1.15rem; flex: none; accent-color: var(--go); }
.actions { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: 1rem; }
a { color: var(--go); }
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def people_page(
    dc: str, organisations: list[Organisation], elsewhere: list[tuple[str, str, list[str]]], query: str
) -> str:
    """Who one is, by organisation; links to other data centres as (name, address, names of their organisations)."""
    cards = "".join(_people(organisation, query) for organisation in organisations)
    links = "".join(
        f'<li><a href="{escape(url)}">Continue in {escape(name)}</a>'
        f' <span class="soft">({escape(", ".join(dict.fromkeys(names)))})</span></li>'
        for name, url, names in elsewhere
    )
    other = f'<section class="card"><h2>Your account is in another data centre?</h2><ul>{links}</ul></section>'
    return _document(
        "Sign in",
        f'<h1>Who are you?</h1><p class="soft">Stand-in accounts server of {escape(dc)}. There are no passwords here: '
        "choose a person and the organisation to work in.</p>" + cards + (other if links else ""),
    )


def _people(organisation: Organisation, query: str) -> str:
    users = [user for user in dicts(organisation.users) if user.get("status") != "deleted"]
    buttons = "".join(f"<li>{_person(organisation, user)}</li>" for user in users)
    heading = f"o-{organisation.key}"
    return (
        f'<section class="card" aria-labelledby="{escape(heading)}"><h2 id="{escape(heading)}">'
        f"<bdi>{escape(organisation.name)}</bdi>{_kind(organisation)} "
        f'<small class="soft">{escape(organisation.key)}</small></h2>'
        f'<form method="post" action="/oauth/v2/auth/who"><input type="hidden" name="request" value="{escape(query)}">'
        f'<ul class="people">{buttons}</ul></form></section>'
    )


def _person(organisation: Organisation, user: JSON) -> str:
    active = is_active(user)
    about = ", ".join(_name(user.get(key)) for key in ("profile", "role") if _name(user.get(key)))
    return (
        f'<button name="who" value="{escape(organisation.key)}:{escape(str(user.get("id")))}"'
        f"{'' if active else ' disabled'}><bdi>{escape(str(user.get('full_name') or user.get('id')))}</bdi>"
        f"<small>{escape(about)}{'' if active else ' (deactivated)'}</small></button>"
    )


def consent_page(viewer: Viewer, who: str, scopes: list[str], query: str, *, nothing_chosen: bool = False) -> str:
    """What the application may do; unchecking a scope keeps it back."""
    organisation = viewer.organisation
    boxes = "".join(
        f'<label><input type="checkbox" name="scope" value="{escape(scope)}" checked> {escape(scope)}</label>'
        for scope in scopes
    )
    hint = '<p class="note" role="alert">Leave at least one scope checked, or reject.</p>' if nothing_chosen else ""
    return _document(
        "Allow access",
        f"<h1>Allow access to <bdi>{escape(organisation.name)}</bdi>{_kind(organisation)}</h1>"
        f'<p class="soft">You are <bdi>{escape(str(viewer.user.get("full_name") or viewer.id))}</bdi>. '
        "The application would like to act for you in this organisation.</p>" + hint +
        '<form class="card" method="post" action="/oauth/v2/auth/consent">'
        f'<input type="hidden" name="request" value="{escape(query)}">'
        f'<input type="hidden" name="who" value="{escape(who)}">'
        f"<fieldset><legend>It asks for</legend>{boxes}</fieldset>"
        '<div class="actions"><button class="go" name="decision" value="accept">Accept</button>'
        '<button name="decision" value="reject">Reject</button></div></form>'
        f'<p><a href="/oauth/v2/auth?{escape(query)}">Not you, or not here? Choose again</a></p>',
    )  # fmt: skip


def error_page(sentence: str) -> str:
    """The accounts server's own page for what it cannot send back to the client."""
    return _document(
        "Something is wrong",
        f'<h1>Something is wrong with this request</h1><p class="note">{escape(sentence)}</p>'
        '<p class="soft">Go back to the application and start again.</p>',
    )


def _kind(organisation: Organisation) -> str:
    style = "kind sandbox" if organisation.environment == "sandbox" else "kind"
    return f'<span class="{style}">{escape(organisation.environment)}</span>'


def _name(reference: object) -> str:
    return str(reference.get("name") or "") if isinstance(reference, dict) else ""


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · stand-in accounts server</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
