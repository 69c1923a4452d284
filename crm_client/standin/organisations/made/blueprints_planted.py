"""Processes beside the running ones: one with every defect that the findings name, and one that was switched off."""

from __future__ import annotations

from crm_client.standin.organisations.made.blueprint_spec import ProcessSpec
from crm_client.standin.organisations.made.blueprint_spec import StateSpec as S
from crm_client.standin.organisations.made.blueprint_spec import TransitionSpec as T

OLD_NURTURING = ProcessSpec(
    "Lead nurturing 2023", "Leads", "Standard", "Lead_Status", status="inactive",
    description="Switched off in 2024. A few leads were left in it.",
    states=(S("Not Contacted"), S("Contacted", 5), S("Pre-Qualified"), S("Lost Lead")),
    transitions=(
        T("Reach", "Not Contacted", "Contacted"),
        T("Qualify", "Contacted", "Pre-Qualified", inputs="Requested_Amount!"),
        T("Lose", "Not Contacted|Contacted", "Lost Lead"),
    ),
)  # fmt: skip

SECURED_TRIAL = ProcessSpec(
    "Secured lending (trial)", "Deals", "Secured lending", "Stage", status="draft", pipeline="Secured",
    description="A draft that nobody has finished.",
    states=(
        S("Qualification"), S("Needs Analysis"), S("Credit Check", overdue="3 days"), S("Negotiation/Review"),
        S("Closed Won"),
    ),
    transitions=(
        T("Hurry", "Qualification", "Needs Analysis", after="1 days"),
        T("Return", "Needs Analysis", "Qualification", after="1 days"),
        T("Check the credit", "Needs Analysis", "Credit Check", owners="profiles:sales", inputs="Margin!; Amount!"),
        T("Impossible", "Qualification", "Closed Won", when="Amount > 100000 and Amount < 5000"),
        T("Approve", "Needs Analysis", "Closed Won", owners="users:-"),
        T("Agree", "Negotiation/Review", "Closed Won"),
    ),
    plants=(
        "unreachable@Negotiation/Review", "dead-end@Credit Check", "nobody@Approve", "hidden-input@Check the credit",
        "automatic-loop@Hurry", "ignored-value@Closed Lost", "never-matches@Impossible",
    ),
)  # fmt: skip

PLANTED = (OLD_NURTURING, SECURED_TRIAL)
