"""Records of the demo that cannot go on, each for one main reason: what pages and tests are measured by.

A record is free when one transition at least is offered to Alice that is manual, matches its criteria, is neither a
parallel parent nor a child, and lacks no mandatory input. Every record that is in a process and not free stands here.
"""

from __future__ import annotations

from crm_client.standin.organisation import Organisation
from crm_client.standin.organisations.made.blueprint_spec import StuckSpec as X

_DORA = 2  # place among the people
STUCK: dict[str, tuple[X, ...]] = {
    "Leads": (
        X(16, "Contacted", "locked", {"Locked__s": True, "$locked_for_me": True}),
        X(22, "Attempted to Contact", "locked", {"Locked__s": True, "$locked_for_me": True}),
        X(31, "Contacted", "other_process", process="Lead nurturing 2023"),
        X(52, "Not Contacted", "other_process", process="Lead nurturing 2023"),
    ),
    "Deals": (
        X(11, "Negotiation/Review", "criteria", {"Amount": None, "Commission": None, "Expected_Revenue": None}),
        X(27, "Negotiation/Review", "criteria", {"Amount": None, "Commission": None, "Expected_Revenue": None}),
    ),
    "Cases": (
        X(8, "Escalated", "inputs", {"Solution": None, "Case_Reason": "Wrong instalment"}, partial="Settle"),
        X(13, "Escalated", "inputs", {"Solution": None, "Case_Reason": None}),
    ),
    "Loans": (
        X(5, "Documents requested", "inputs", {"Documents_Received": ["Payslips"], "Down_Payment": None},
          partial="Documents arrived"),
        X(10, "Documents requested", "inputs", {"Documents_Received": [], "Down_Payment": None}),
        X(15, "Checks", "parallel", {"Loan_to_Value": None}, done=("Check the identity", "Check the income")),
        X(20, "Checks", "parallel", {"Loan_to_Value": 71.0}, done=("Check the collateral",)),
        X(25, "Checks", "parallel"),
        X(30, "Decision", "criteria", {"Loan_to_Value": None}),
        X(35, "Decision", "criteria", {"Loan_to_Value": None}),
        X(40, "Committee", "owner", owner=_DORA),
        X(45, "Committee", "owner", owner=_DORA),
        X(50, "Cooling-off", "waiting"),
        X(55, "Cooling-off", "waiting"),
        X(1, "Ready for payout", "profile"),
        X(6, "Ready for payout", "profile"),
        X(12, "Scoring", "locked", {"Locked__s": True, "$locked_for_me": True}),
    ),
}  # fmt: skip


def stuck(organisation: Organisation) -> dict[str, str]:
    """{record id: reason} of the stuck records of the demo's production, while its made records are as they were."""
    found = {}
    for module, listed in STUCK.items():
        records = organisation.records[module]
        found.update({str(records[one.number]["id"]): one.reason for one in listed})
    return found
