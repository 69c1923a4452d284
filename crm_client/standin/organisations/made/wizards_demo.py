"""The demo's own wizards, without a fault: from three screens to thirty, every kind of button, rule, segment."""

from __future__ import annotations

from crm_client.standin.organisations.made.wizard_spec import (
    ButtonSpec,
    ContainerSpec,
    RuleSpec,
    ScreenSpec,
    WizardSpec,
    save,
    to,
)

_OFFICE = "administrator standard"


def _back(screen: str) -> ButtonSpec:
    return to(screen, "Back", colour="#ADD9FF", shape="capsule")


NEW_LEAD = WizardSpec(
    "New lead", "Leads",
    (ContainerSpec("Standard", (
        ScreenSpec("Who", "Lead Image|1: Record_Image; Person: Salutation Last_Name First_Name Email Company",
                   (to("Where from"),), at=(120, 120)),
        ScreenSpec("Where from", "Lead came from: Lead_Source Lead_Status; Region|1: Region",
                   (to("Worth"), _back("Who")), at=(540, 260)),
        ScreenSpec("Worth", "Revenue: Annual_Revenue Requested_Amount",
                   (save(message=("Saved",
                              "The lead is in the queue of its region.")), _back("Where from")), at=(960, 180)),
    )),),
)  # fmt: skip

LOAN_STANDARD = ContainerSpec("Standard", (
    ScreenSpec("Welcome",
               "Before you start ~ Have the identity card of ${!Contacts.Full_Name} at hand.",
               (to("Borrower", "Start"),)),
    ScreenSpec("Borrower", "Borrower: Name Borrower Company", (to("Purpose"), _back("Welcome"))),
    ScreenSpec("Purpose", "What for: Purpose Region", (
        to("Vehicle kind", "Vehicle", when="Purpose = Vehicle"),
        to("Property kind", "Real estate", when="Purpose = Property"),
        to("Machine kind", "Machinery", when="Purpose = Machinery"),
        to("Refinancing", "Other purpose", when="Purpose in Working capital,Refinancing"),
        _back("Borrower"))),
    ScreenSpec("Vehicle kind", "Kind|1: Purpose_Detail", (to("Vehicle"),)),
    ScreenSpec("Vehicle", "The vehicle: Vehicle", (to("Seller"), _back("Vehicle kind"))),
    ScreenSpec("Seller", "Who sells ~ A dealer, or a private person?",
               (to("Dealer papers", "Dealer"), to("Private papers", "Private sale"))),
    ScreenSpec("Dealer papers", "Papers ~ Order confirmation and registration.", (to("Amount"),)),
    ScreenSpec("Private papers", "Papers ~ Sale contract and both identity cards.", (to("Amount"),)),
    ScreenSpec("Property kind", "Kind|1: Purpose_Detail", (to("Property"),)),
    ScreenSpec("Property", "The property: Property", (to("Valuation"), _back("Property kind"))),
    ScreenSpec("Valuation", "Value: Loan_to_Value", (
        to("Extra security", "High loan to value", when="Loan_to_Value > 80"), to("Land register"))),
    ScreenSpec("Extra security", "Security: Security", (to("Land register"),)),
    ScreenSpec("Land register", "Land register ~ Extract not older than three months.", (to("Amount"),)),
    ScreenSpec("Machine kind", "Kind|1: Purpose_Detail", (to("Machine offer"),)),
    ScreenSpec("Machine offer", "Offer ~ The written offer of the supplier.", (to("Supplier check"),)),
    ScreenSpec("Supplier check", "Supplier ~ Is the supplier on our list?",
               (to("Amount", "Yes"), to("Machine offer", "No, another offer"))),
    ScreenSpec("Refinancing", "Old loan ~ Statement of the bank that is paid back.", (to("Amount"),)),
    ScreenSpec("Amount", "Amount: Loan_Amount Down_Payment", (to("Term"),)),
    ScreenSpec("Term", "Term: Term_Months First_Instalment", (to("Rate check"), _back("Amount"))),
    ScreenSpec("Rate check", "Rate % Rate calculator",
               (to("Repayment", "Accept the rate"), to("Term", "Another term"))),
    ScreenSpec("Repayment", "Repayment|1: Repayment_Channel", (to("Household"), _back("Rate check"))),
    ScreenSpec("Household", "Co-applicants # Co_Applicants", (to("Guarantors"),)),
    ScreenSpec("Guarantors", "Guarantors|1: Guarantors", (to("Documents"), _back("Household"))),
    ScreenSpec("Documents", "Documents|1: Documents_Received",
               (to("Fraud check", "All there"), to("Missing papers", "Something is missing"))),
    ScreenSpec("Missing papers", "What now ~ Ask for the papers, then go on.",
               (_back("Documents"), save("Keep for later", summary="create"))),
    ScreenSpec("Fraud check", "Check|1: Fraud_Check_Passed",
               (to("Decision", "Passed"), to("Manual review", "In doubt"))),
    ScreenSpec("Manual review", "Review|1: Credit_Officers",
               (to("Decision"), to("Documents", "Ask for more papers"))),
    ScreenSpec("Decision", "Decision: Status", (to("Contract", "Approve"), to("Decline", "Decline"))),
    ScreenSpec("Contract", "Contract|1: Signed_Contract", (save("Save the loan", summary="create_and_edit"),)),
    ScreenSpec("Decline", "Reason|1: Reason_for_Decline", (save("Save as declined"),)),
))  # fmt: skip

LOAN = WizardSpec(
    "Loan application", "Loans",
    (
        LOAN_STANDARD,
        ContainerSpec("Vehicle loan", (
            ScreenSpec("Borrower", "Borrower: Name Borrower", (to("Vehicle"),)),
            ScreenSpec("Vehicle", "The vehicle: Vehicle Purpose_Detail", (to("Amount"), _back("Borrower"))),
            ScreenSpec("Amount", "Amount: Loan_Amount Down_Payment Term_Months", (to("Check"), _back("Vehicle"))),
            ScreenSpec("Check", "Check|1: Fraud_Check_Passed", (save(),)),
        )),
        ContainerSpec("Mortgage", (
            ScreenSpec("Borrower", "Borrower: Name Borrower", (to("Property"),)),
            ScreenSpec("Property", "The property: Property Loan_to_Value", (to("Amount"), _back("Borrower"))),
            ScreenSpec("Amount", "Amount: Loan_Amount Term_Months",
                       (to("Guarantors", "With guarantor"), save("Without guarantor"))),
            ScreenSpec("Guarantors", "Guarantors|1: Guarantors", (save(), _back("Amount"))),
        )),
    ),
    profiles=_OFFICE,
)  # fmt: skip

CONTACT = WizardSpec(
    "Contact onboarding", "Contacts",
    (ContainerSpec("Standard", (
        ScreenSpec("Hello",
                   "Hello ~ Hi ${!Contacts.Last_Name}\\nWelcome to our bank.; Name: Salutation First_Name Last_Name", (
            to("Reach"), ButtonSpec("Look up in register", type="custom", colour="#F8E199", shape="round"))),
        ScreenSpec("Reach", "How to reach: Email Phone Mobile; Duplicates: ?Contacts_with_same_email", (
            to("Address", colour="#C4F0B3", shape="capsule"), to("Consent",
                       "Skip the address", colour="#FFD6BC"), _back("Hello"))),
        ScreenSpec("Address", "Mailing address: Mailing_Street Mailing_City Mailing_Zip Mailing_Country",
                   (to("Consent"), _back("Reach"))),
        ScreenSpec("Consent", "Consent|1: Email_Opt_Out Contact_Channels; Languages # Languages", (
            save("Save", message=("Welcome", "The contact was made.")),
            save("Save and greet", shape="round", colour="#FFC6C6"),
            ButtonSpec("Print the form", type="custom", colour="#ADD9FF"), _back("Reach"))),
    )),),
)  # fmt: skip

COMPANY = WizardSpec(
    "Company check", "Accounts",
    (ContainerSpec("Standard", (
        ScreenSpec("Company",
                   "Company: Account_Name Account_Type Website Tax_Number Phone; Branch: Industry Segment; "
                   "Listing: Ticker_Symbol Ownership; Partner terms: Region Legal_Form",
                   (to("Figures"),), (
            RuleSpec("Account_Type = Partner", "show @Partner terms; require Region"),
            RuleSpec("Ownership = Public Company", "show @Listing; require Ticker_Symbol", on="create"),
            RuleSpec("Account_Type = Competitor", "hide Tax_Number; read Website", on="edit"),
            RuleSpec("Industry = Banking and Account_Type != Customer", "set Region = North"),
            RuleSpec("Tax_Number = EMPTY", "lock Legal_Form unless administrator", on="edit"),
            RuleSpec("Phone has +1 or Website has .com", "widget Company register; show Segment"),
        )),
        ScreenSpec("Figures", "Figures: Employees Annual_Revenue", (to("Place"), _back("Company"))),
        ScreenSpec("Place", "Billing address: Billing_Street Billing_City Billing_Country",
                   (save(summary="edit"), _back("Figures"))),
    )),),
)  # fmt: skip

DEAL = WizardSpec(
    "Deal desk", "Deals",
    (
        ContainerSpec("Standard", (
            ScreenSpec("Deal", "Deal: Deal_Name Account_Name Contact_Name Pipeline Stage", (to("Money"),)),
            ScreenSpec("Money", "Money: Amount Closing_Date Probability", (
                to("Approval", "Ask for approval", when="Amount > 250000", visibility="hide"),
                to("Finish"), _back("Deal"))),
            ScreenSpec("Approval", "Approval|1: Next_Step", (
                to("Finish", "Approve", profiles="administrator standard", transition=""),
                to("Money", "Send back", visibility="disable", when="Next_Step != EMPTY"))),
            ScreenSpec("Finish", "Last words|1: Description", (
                save("Save and send offer", transition="Send offer", summary="create"),
                save("Save for partners", portals="Brokers|Dealers"),
                save("Close at once", profiles="administrator", transition="Close deal"))),
        )),
        ContainerSpec("Secured lending", (
            ScreenSpec("Deal", "Deal: Deal_Name Account_Name Pipeline Stage", (to("Security"),)),
            ScreenSpec("Security", "Security: Property Collateral", (to("Money"), _back("Deal"))),
            ScreenSpec("Money", "Money|1: Amount Closing_Date", (save(), _back("Security"))),
        )),
    ),
    portals="Brokers|Dealers",
)  # fmt: skip

VEHICLE = WizardSpec(
    "Vehicle intake", "Vehicles",
    (
        ContainerSpec("Standard", (
            ScreenSpec("Vehicle", "Vehicle: Name VIN Make Model", (to("Condition"),)),
            ScreenSpec("Condition", "Condition: Mileage First_Registration Fuel", (
                to("Photos", "Damaged"), to("Value", "As new"), to("Condition", "Measure again"))),
            ScreenSpec("Photos", "Photos|1: Damage_Photos", (to("Value"),)),
            ScreenSpec("Value", "Value: List_Price Market_Value", (save(), _back("Condition"))),
        )),
        ContainerSpec("Commercial vehicle", (
            ScreenSpec("Vehicle", "Vehicle: Name Make Model", (to("Load"),)),
            ScreenSpec("Load", "Load: Payload_kg Mileage", (save(), _back("Vehicle"))),
        )),
    ),
)  # fmt: skip

CLEAN = (NEW_LEAD, LOAN, CONTACT, COMPANY, DEAL, VEHICLE)
