"""The demo's four running processes, without a fault: over leads, deals, cases and loans."""

from __future__ import annotations

from crm_client.standin.organisations.made.blueprint_spec import ProcessSpec
from crm_client.standin.organisations.made.blueprint_spec import StateSpec as S
from crm_client.standin.organisations.made.blueprint_spec import TransitionSpec as T

LEADS = ProcessSpec(
    "Lead nurturing", "Leads", "Standard", "Lead_Status",
    description="From the first enquiry to an adviser's appointment.",
    states=(
        S("Not Contacted", 2, "2 days"), S("Attempted to Contact", 4, "5 days"), S("Contact in Future", 12),
        S("Contacted", 6, "10 days"), S("Pre-Qualified"), S("Not Qualified"), S("Lost Lead"), S("Junk Lead"),
    ),
    transitions=(
        T("Establish contact", "Not Contacted|Attempted to Contact", "Contacted", inputs="Phone; ~notes",
          colour="#F27E22"),
        T("No answer", "Not Contacted", "Attempted to Contact", colour="#FFC75F"),
        T("Call later", "Not Contacted|Attempted to Contact|Contacted", "Contact in Future", inputs="Preferred_Time"),
        T("Call now", "Contact in Future", "Attempted to Contact"),
        T("Wake up", "Contact in Future", "Not Contacted", after="30 days", actions="tasks:Call the lead again"),
        T("Qualify", "Contacted", "Pre-Qualified", when="Email != EMPTY", colour="#00A896",
          inputs="Requested_Amount! ? Requested_Amount > 0 : The amount must be more than nothing; Consent_Date!; "
                 "~related:Tasks", actions="email_notifications:Welcome"),
        T("Decline", "Contacted", "Not Qualified", inputs="Description"),
        T("Lose", "Attempted to Contact|Contacted|Contact in Future", "Lost Lead", colour="#D65745"),
        T("Throw away", "Not Contacted", "Junk Lead", colour="#4B4453"),
    ),
)  # fmt: skip

DEALS = ProcessSpec(
    "Deal closing", "Deals", "Standard", "Stage", pipeline="Standard (Standard)",
    description="How a deal of the standard pipeline is won, with an offer that the manager has seen.",
    states=(
        S("Qualification", 5, "7 days"), S("Needs Analysis", 8, "2 b_days"), S("Value Proposition", 6),
        S("Id. Decision Makers", 9), S("Proposal/Price Quote", 12, "14 days"),
        S("Negotiation/Review", 10, "10 days", fill={"Amount": 48_000.0, "Commission": 600.0}),
        S("Closed Won"), S("Closed Lost"), S("Closed Lost to Competition"),
    ),
    transitions=(
        T("Start the analysis", "Qualification", "Needs Analysis"),
        T("Propose value", "Needs Analysis", "Value Proposition", inputs="Next_Step; Description"),
        T("Find the decision makers", "Value Proposition", "Id. Decision Makers", inputs="Contact_Name; Deal_Team"),
        T("Send the offer", "Id. Decision Makers", "Proposal/Price Quote", colour="#0081CF",
          inputs="Amount! ? Amount > 0 : An offer needs an amount; Closing_Date!; ~attachment!; "
                 "~checklist!:Rate checked|Manager informed"),
        T("Back to the analysis", "Id. Decision Makers|Value Proposition|Proposal/Price Quote", "Needs Analysis",
          colour="#845EC2"),
        T("Negotiate", "Proposal/Price Quote", "Negotiation/Review", when="Amount > 0"),
        T("Win", "Negotiation/Review", "Closed Won", when="Amount < 500000", owners="roles:CEO,Sales Manager",
          colour="#2E7D32", actions="email_notifications:Congratulate; field_updates:Set the probability"),
        T("Win a large one", "Negotiation/Review", "Closed Won", when="Amount >= 500000", owners="users:Alice",
          colour="#2E7D32"),
        T("Lose", "Qualification|Needs Analysis|Value Proposition|Proposal/Price Quote", "Closed Lost",
          inputs="Reason_For_Loss__s!; ~notes", colour="#D65745"),
        T("Lose to a competitor", "Proposal/Price Quote", "Closed Lost to Competition", inputs="Competitors!",
          colour="#D65745"),
        T("Offer expired", "Proposal/Price Quote", "Closed Lost", after="90 days"),
    ),
)  # fmt: skip

CASES = ProcessSpec(
    "Case handling", "Cases", "Standard", "Status", continuous=True, owners="roles:CEO,Sales Manager,Clerk",
    description="One step after the other; whoever owns the process is led through it.",
    states=(
        S("New", 1, "4 hours"), S("On Hold", 9),
        S("Escalated", 3, "1 days", fill={"Solution": "Instalment corrected.", "Case_Reason": "Wrong instalment"}),
        S("Closed"),
    ),
    transitions=(
        T("Put on hold", "New", "On Hold", inputs="Internal_Comments"),
        T("Go on", "On Hold", "New"),
        T("Escalate", "New", "Escalated", inputs="Priority!; ~tags", colour="#D65745"),
        T("Answer", "New", "Closed", inputs="Solution!", colour="#2E7D32"),
        T("Settle", "Escalated", "Closed", inputs="Case_Reason!; Solution!; ~notes", colour="#2E7D32"),
        T("Close for silence", "On Hold", "Closed", after="30 days"),
    ),
)  # fmt: skip

_OFFICE = "users:Dora"
LOANS = ProcessSpec(
    "Loan processing", "Loans", "Standard", "Processing_Step",
    description="From the application to the payout. Checks run side by side; above 80 % the committee decides.",
    states=(
        S("Application received", 1, "1 days"), S("Completeness check", 2, "3 days"),
        S("Documents requested", 9, "14 days",
          fill={"Documents_Received": ["Identity card", "Payslips"], "Down_Payment": 5_000.0}),
        S("Checks", 5, "7 days", rests=False), S("Scoring", 1, "8 hours"),
        S("Decision", 3, "2 b_days", fill={"Loan_to_Value": 64.0}), S("Committee", 6, rests=False),
        S("Approved", 4), S("Contract sent", 7, "10 days"), S("Cooling-off", 14, rests=False),
        S("Ready for payout", 1, "1 days", rests=False), S("Paid out"), S("Declined"), S("Withdrawn"),
    ),
    transitions=(
        T("Register", "Application received", "Completeness check", inputs="Guarantors; Credit_Officers"),
        T("Reject at once", "Application received", "Declined", inputs="Reason_for_Decline!", colour="#D65745"),
        T("Fast track", "Application received", "Scoring", when="Loan_Amount < 10000", colour="#00A896"),
        T("Request documents", "Completeness check", "Documents requested",
          inputs="~info:Ask only for what is missing.; ~checklist:Identity card|Payslips|Tax return; ~notes"),
        T("Documents complete", "Completeness check", "Checks"),
        T("Documents arrived", "Documents requested", "Completeness check",
          inputs="Documents_Received!; Down_Payment!", colour="#00A896"),
        T("Give up waiting", "Documents requested", "Withdrawn", after="45 days", colour="#4B4453"),
        T("All checks done", "Checks", "Scoring", colour="#FFC75F", children=(
            T("Check the identity", "", "", inputs="~checklist!:Photo compared|Date of birth compared"),
            T("Check the income", "", "", inputs="~attachment"),
            T("Check the collateral", "", "", inputs="Loan_to_Value!"),
            T("Check the sanctions list", "", "", owners="roles:CEO,Clerk"),
        )),
        T("Score", "Scoring", "Decision", inputs="Fraud_Check_Passed; ~widget:Score card",
          actions="functions:Fetch the score"),
        T("Back to the desk", "Scoring", "Completeness check", colour="#845EC2"),
        T("Decline by score", "Scoring", "Declined", when="Credit_Score < 400", colour="#D65745"),
        T("Approve", "Decision", "Approved", when="Loan_to_Value < 80", colour="#2E7D32"),
        T("To the committee", "Decision", "Committee", when="Loan_to_Value >= 80"),
        T("Decline", "Decision", "Declined", when="Loan_to_Value > 95", inputs="Reason_for_Decline!",
          colour="#D65745"),
        T("Committee approves", "Committee", "Approved", owners=_OFFICE, inputs="Approved_By", colour="#2E7D32"),
        T("Committee declines", "Committee", "Declined", owners=_OFFICE, inputs="Reason_for_Decline!",
          colour="#D65745"),
        T("Score again", "Committee", "Scoring", owners="record_owner", colour="#845EC2"),
        T("Send the contract", "Approved", "Contract sent", inputs="Signed_Contract; First_Instalment",
          actions="email_notifications:Contract; webhooks:Core banking"),
        T("Change the terms", "Approved", "Decision", inputs="Interest_Rate; Term_Months", colour="#845EC2"),
        T("Terms expired", "Approved", "Withdrawn", after="60 days", colour="#4B4453"),
        T("Contract signed", "Contract sent", "Cooling-off"),
        T("Extend the offer", "Contract sent", "Approved", colour="#845EC2"),
        T("Cooling-off over", "Cooling-off", "Ready for payout", after="14 days"),
        T("Pay out", "Ready for payout", "Paid out", owners="profiles:back_office", inputs="Disbursed_At!",
          colour="#2E7D32", actions="email_notifications:Paid"),
        T("Recall", "Ready for payout", "Contract sent", owners="profiles:back_office", inputs="~notes!",
          colour="#845EC2"),
        T("Withdraw", "Application received|Completeness check|Scoring|Approved|Contract sent", "Withdrawn",
          inputs="Remarks", colour="#4B4453"),
    ),
)  # fmt: skip

RUNNING = (LEADS, DEALS, CASES, LOANS)
