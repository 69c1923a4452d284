"""Sandboxes: copies of the companies on which somebody has worked on, and which production has left behind.

Every kind of difference that a comparison must find is here at least once: a module missing and one new; fields added,
removed, renamed, retyped, shortened, made unique; picklist values added, removed, recoloured, shown differently;
a layout missing, one with other mandatory fields and columns; other ids, fewer records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_client.standin.organisations.made.companies import fitting
from crm_client.standin.organisations.made.lending import hidden
from crm_client.standin.organisations.made.spec import FieldSpec as F
from crm_client.standin.organisations.made.spec import ModuleSpec
from crm_client.standin.organisations.made.world import Company

Changes = Mapping[str, Mapping[str, Any]]

_GUARANTEES = hidden("Guarantees", "Guarantee", "Guarantees", "CustomModule8", "visible", count=0).but(
    description="Trial of the credit department: guarantees as a module of their own.",
    fields=(
        F("Guarantee Name", api="Name", mandatory=True, length=120, quick=True),
        F("Guarantor", "lookup", custom=True, to="Contacts", filled=1),
        F("Loan", "lookup", custom=True, to="Loans", filled=1),
        F("Amount", "currency", custom=True, between=(1_000, 90_000)),
        F("Valid Until", "date", custom=True, between=(100, 900)),
    ),
)
_SUBSIDIES = hidden("Subsidies", "Förderantrag", "Förderanträge", "CustomModule7", "visible", count=0).but(
    fields=(
        F("Antrag", api="Name", mandatory=True, length=120, quick=True),
        F("Anlage", "lookup", custom=True, to="Installations", filled=1),
        F("Betrag", "currency", custom=True, between=(500, 12_000)),
    ),
)


def sandbox(company: Company) -> Company:
    """The company's sandbox, drifted from it."""
    demo = company.key == "demo"
    gone, new = ("Inspections", _GUARANTEES) if demo else ("Service_Contracts", _SUBSIDIES)
    changed = _of_demo if demo else _of_europe
    kept = [changed(spec) for spec in company.modules if spec.api != gone]
    modules = fitting(*(spec.but(count=spec.count // 5) for spec in kept), new)
    return replace(
        company,
        key=f"{company.key}-sandbox",
        name=f"{company.name} (Sandbox)",
        environment="sandbox",
        salt=company.salt + 10,
        modules=modules,
    )


def _of_demo(spec: ModuleSpec) -> ModuleSpec:
    if spec.api == "Leads":
        return _edited(
            spec,
            add=(
                F("Chatbot Consent", "boolean", custom=True, section="consent", default=False),
                F("Preferred Branch", "picklist", custom=True, values="-None-|Boston|Portland|Hartford"),
            ),
            remove="Skype_ID Twitter Broker_Code",
            change={
                "Designation": {"shown": "Job title"},
                "Score": {"kind": "double", "length": None, "decimals": 1},
                "Company": {"length": 120},
                "Lead_Status": {
                    "values": "-None-|Not Contacted#b0b8c4|Attempted to Contact#ffc75f|Nurturing#845ec2|"
                    "Contacted#00a896|Pre-Qualified#00a896|Not interested=>Not Qualified#8d6e63|Lost Lead#d65745"
                },
            },
            layouts={"Standard": {"required": "Company Phone", "one_column": "address"}},
            drop_layouts=("Trade fair 2019",),
        )
    if spec.api == "Deals":
        stages = next(field.values for field in spec.fields if field.api_name == "Stage")
        return _edited(
            spec,
            change={"Stage": {"values": stages.replace("|Closed Won", "|Legal Review#8d6e63|Closed Won")}},
            layouts={
                "Secured lending": {
                    "pipelines": "Secured:Qualification,Needs Analysis,Credit Check,Legal Review,Closed Won,Closed Lost"
                }
            },
        )
    if spec.api == "Contacts":
        return _edited(spec, remove="Fax Assistant", change={"Mobile": {"unique": True}}, drop_layouts=("Guarantor",))
    if spec.api == "Vehicles":
        return _edited(
            spec,
            remove="Registration_Plate",
            add=(F("Number Plate", custom=True, length=12, sample="@@@-####"),),
            change={"Mileage": {"label": "Mileage (miles)", "api": "Mileage"}},
        )
    if spec.api == "Loans":
        return _edited(
            spec,
            change={"Repayment_Channel": {"kind": "multi"}, "Remarks": {"kind": "large"}},
            layouts={"Standard": {"required": "Borrower Loan_Amount Purpose Term_Months", "one_column": "terms"}},
        )
    return spec.but(status="user_hidden", visibility=0) if spec.api == "Solutions" else spec


def _of_europe(spec: ModuleSpec) -> ModuleSpec:
    if spec.api == "Installations":
        return _edited(
            spec,
            add=(F("Wallbox", "boolean", custom=True, section="technology", default=False),),
            remove="Dachneigung",
            change={
                "Bundesland": {"values": "-None-|Bremen|Hamburg|Niedersachsen|Berlin|Abroad"},
                "Netzbetreiber": {"kind": "picklist", "sample": "", "values": "-None-|EWE Netz|Avacon|Westnetz"},
            },
            layouts={"Standard": {"required": "Kunde Leistung_kWp Bundesland"}},
        )
    if spec.api == "Contacts":
        return _edited(spec, change={"Department": {"shown": "Bereich"}}, remove="Fax")
    return spec


def _edited(
    spec: ModuleSpec,
    add: tuple[F, ...] = (),
    remove: str = "",
    change: Changes | None = None,
    layouts: Changes | None = None,
    drop_layouts: tuple[str, ...] = (),
) -> ModuleSpec:
    """The module with fields (by api_name) and layouts (by name) added, removed and changed."""
    fields = tuple(
        replace(field, **(change or {}).get(field.api_name, {}))
        for field in spec.fields
        if field.api_name not in remove.split()
    )
    kept = tuple(
        replace(layout, **(layouts or {}).get(layout.name, {}))
        for layout in spec.layouts
        if layout.name not in drop_layouts
    )
    return spec.but(fields=(*fields, *add), layouts=kept)
