"""Wizards with one planted defect each, for the findings to name: nothing else may be found in them.

A defect that makes others follow from it lists those too: before a screen that leads nowhere stands one that cannot
reach a save button any more.
"""

from __future__ import annotations

from crm_client.standin.organisations.made.wizard_spec import (
    ContainerSpec,
    RuleSpec,
    ScreenSpec,
    WizardSpec,
    save,
    to,
)

_OFFICE = "administrator standard"
_LEAD = "Person: Last_Name Company Email"
_PROPERTY = "Property: Name Property_Type Usage"


def _one(layout: str, *screens: ScreenSpec, **more: object) -> ContainerSpec:
    return ContainerSpec(layout, screens, **more)  # type: ignore[arg-type]


PLANTED = (
    WizardSpec("Trade fair lead", "Leads", (_one(
        "Standard",
        ScreenSpec("Visitor", _LEAD, (to("Interest"),)),
        ScreenSpec("Interest", "Interest: Products_of_Interest Rating", (save(),)),
        ScreenSpec("Old survey", "Survey: Preferred_Time", (to("Interest", "Done"),)),
    ),), plants=("unreachable@Old_survey",)),
    WizardSpec("Phone lead", "Leads", (_one(
        "Standard",
        ScreenSpec("Caller", _LEAD, (to("Callback", "Wants a call"), save("Save at once"))),
        ScreenSpec("Callback", "Callback: Callback_Requested Preferred_Time"),
    ),), plants=("dead-end@Callback",)),
    WizardSpec("Web enquiry", "Leads", (_one(
        "Standard",
        ScreenSpec("Enquiry", _LEAD, (to("Answer"), to("", "More questions"))),
        ScreenSpec("Answer", "Answer|1: Description", (save(),)),
    ),), plants=("no-target@Enquiry",)),
    WizardSpec("Broker lead", "Leads", (
        _one("Standard",
             ScreenSpec("Broker", _LEAD, (to("Customer"),)),
             ScreenSpec("Customer", "Customer: Lead_Source Region", (to("Consent"),)),
             ScreenSpec("Consent", "Consent|1: Consent_Date", (save(),)),
             extra_arrows=(("Broker", "Consent"),)),
        _one("Broker referral",
             ScreenSpec("Broker", "Person: Last_Name Company Phone Broker_Code",
                        (to("Customer"), to("Consent", "Skip the customer", arrow=False))),
             ScreenSpec("Customer", "Customer: Lead_Source Region", (to("Consent"),)),
             ScreenSpec("Consent", "Consent|1: Consent_Date", (save(),))),
    ), plants=("unused-arrow@Broker", "missing-arrow@Broker")),
    WizardSpec("Property viewing", "Properties", (_one(
        "Standard",
        ScreenSpec("Property", _PROPERTY, (to("Date", "Arrange a viewing"), save("Save"))),
        ScreenSpec("Date", "Date ~ Offer three dates.", (to("Answer"),)),
        ScreenSpec("Answer", "Answer ~ None of them suits?", (to("Date", "Other dates"),)),
    ),), plants=("endless-loop@Date",)),
    WizardSpec("Property valuation", "Properties", (
        _one("Standard",
             ScreenSpec("Property", _PROPERTY, (to("Value"),)),
             ScreenSpec("Value", "Value|1: Purchase_Price", (save(),)), starts=()),
        _one("Plot of land",
             ScreenSpec("Plot", "Plot: Name Property_Type Plot_m2", (to("Value"),)),
             ScreenSpec("Value", "Value|1: Purchase_Price", (save(),)), starts=("Plot", "Value")),
    ), profiles=_OFFICE, plants=("no-start", "several-starts")),
    WizardSpec("Property sale", "Properties", (_one(
        "Standard",
        ScreenSpec("Property", _PROPERTY, (to("Owner", "Sold by the owner"), to("Agent", "Sold by an agent"))),
        ScreenSpec("Owner", "Owner|1: Owners", (save(),)),
        ScreenSpec("Agent", "Agent ~ Which agent?", (to("Commission"),)),
        ScreenSpec("Commission", "Commission ~ Agreed in writing?"),
    ),), plants=("no-save@Agent dead-end@Commission",)),
    WizardSpec("Credit purpose", "Loans", (
        _one("Standard",
             ScreenSpec("Purpose", "Loan: Name Borrower Loan_Amount Purpose", (
                 to("Secured", "Secured", when="Purpose in Vehicle,Property,Machinery"),
                 to("Unsecured", "Unsecured", when="Purpose in Machinery,Working capital,Refinancing"))),
             ScreenSpec("Secured", "Security|1: Security", (save(),)),
             ScreenSpec("Unsecured", "Score|1: Fraud_Check_Passed", (save(),))),
        _one("Vehicle loan",
             ScreenSpec("Purpose", "Loan: Name Borrower Loan_Amount Purpose Vehicle Down_Payment", (
                 to("Secured", "Vehicle", when="Purpose = Vehicle"),
                 to("Unsecured", "Money", when="Purpose in Working capital,Refinancing"))),
             ScreenSpec("Secured", "Security|1: Security", (save(),)),
             ScreenSpec("Unsecured", "Score|1: Fraud_Check_Passed", (save(),))),
    ), profiles=_OFFICE, plants=("overlap@Purpose", "gap@Purpose")),
    WizardSpec("Contact update", "Contacts", (
        _one("Standard",
             ScreenSpec("Person", "Person: Last_Name Email Lead_Source", (save(),),
                        (RuleSpec("Lead_Source = Advertisement", "require Title"),))),
        _one("Guarantor",
             ScreenSpec("Person", "Person: Last_Name Email Mobile Date_of_Birth Household_Income", (save(),),
                        (RuleSpec("Mobile != EMPTY", "show @Texting", on="create"),))),
        _one("Supplier contact",
             ScreenSpec("Person", "Person: Last_Name Account_Name Title Department", (save(),),
                        (RuleSpec("Title = Owner", "show Department"), RuleSpec("Title = Owner",
                                   "hide Department")))),
    ), profiles=_OFFICE, plants=("rule-field@Person", "rule-segment@Person", "rule-conflict@Person")),
    WizardSpec("Contact review", "Contacts", (
        _one("Standard",
             ScreenSpec("Person", "Person: Last_Name Email",
                        (to("Review"), save("Save as auditor", profiles="read_only"))),
             ScreenSpec("Review", "Review|1: Description", (save(),))),
        _one("Guarantor",
             ScreenSpec("Person", "Person: Last_Name Email Mobile Date_of_Birth Household_Income",
                        (to("Review", "Review"), save("Save"))),
             ScreenSpec("Review", "Review|1: Description", (save("Save as auditor", profiles="read_only"),))),
    ), profiles=_OFFICE, plants=("button-nobody@Person", "screen-nobody@Review")),
    WizardSpec("Guarantor", "Contacts", (
        _one("Standard", ScreenSpec("Person", "Person: Last_Name Email Old_Customer_Number", (save(),))),
        _one("Guarantor", ScreenSpec("Person", "Person: Last_Name Email Mobile Date_of_Birth Household_Income",
                   (save(),))),
        _one("Supplier contact",
             ScreenSpec("Person", "Person: Last_Name Account_Name Customer_Number", (save(),))),
    ), plants=("field-deleted@Person", "field-hidden@Person", "field-read-only@Person")),
    WizardSpec("Company quick entry", "Accounts", (_one(
        "Standard",
        ScreenSpec("Company", "Company: Account_Name Industry Phone", (to("Reach"),)),
        ScreenSpec("Reach", "Reach: Website Phone", (save(),)),
    ),), plants=("field-twice@Reach",)),
    WizardSpec("Dealership", "Accounts", (_one(
        "Dealership",
        ScreenSpec("Company", "Company: Account_Name Industry Phone",
                   (to("Tax", "With tax number"), to("Place", "Without tax number"))),
        ScreenSpec("Tax", "Tax|1: Tax_Number", (to("Place"),)),
        ScreenSpec("Place", "Place: Billing_City Billing_Country", (save(),)),
    ),), plants=("required-missing@Place",)),
    WizardSpec("Christmas campaign", "Leads", (_one(
        "Standard", ScreenSpec("Person", _LEAD, (save(),)),
    ),), active=False, plants=("inactive",)),
    WizardSpec("Nobody's wizard", "Deals", (_one(
        "Standard",
        ScreenSpec("Deal", "Deal: Deal_Name Account_Name Pipeline Stage Closing_Date", (save(),)),
    ),), profiles="", plants=("no-profiles",)),
)  # fmt: skip
