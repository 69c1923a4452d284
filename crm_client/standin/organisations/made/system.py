"""Modules that every organisation has: activities, tabs without records, and what the system keeps for itself."""

from __future__ import annotations

from crm_client.standin.organisations.made.spec import FieldSpec as F
from crm_client.standin.organisations.made.spec import LayoutSpec, ModuleSpec, SectionSpec

ACTIVITY = (SectionSpec("", "Information"), SectionSpec("notes", "Description Information", 1))
WHAT = "Accounts Deals Products Quotes Sales_Orders Purchase_Orders Invoices Campaigns Vendors Cases"

TASKS = ModuleSpec(
    "Tasks", "Task", "Tasks", sections=ACTIVITY, count=400,
    layouts=(LayoutSpec("Standard", required="Due_Date"),),
    fields=(
        F("Subject", mandatory=True, length=255, quick=True, card=True),
        F("Due Date", "date", quick=True, between=(1, 30), filled=0.9),
        F("Contact Name", "lookup", api="Who_Id", to="Contacts", filled=0.5),
        F("Related To", "multi_module_lookup", api="What_Id", to=f"Leads {WHAT}", filled=0.6),
        F("Status", "picklist",
          values="-None-|Not Started|Deferred|In Progress|Completed|Waiting for input=>Waiting on someone else",
          default="Not Started", quick=True),
        F("Priority", "picklist", values="-None-|High#d65745|Highest#845ec2|Low#00a896|Lowest#b0b8c4|Normal#2c73d2",
          coloured=True, default="Normal", quick=True),
        F("Send Notification Email", "boolean", default=False),
        F("Reminder", "reminder", api="Remind_At", filled=0),
        F("Repeat", "recurring", api="Recurring_Activity", filled=0),
        F("Closed Time", "system_time", section="-", filled=0.3),
        F("Effort (Hours)", "double", custom=True, decimals=1, between=(0.5, 12), filled=0.3),
        F("Description", "large", section="notes"),
    ),
)  # fmt: skip

EVENTS = ModuleSpec(
    "Events", "Meeting", "Meetings", name="Meetings", sections=ACTIVITY, count=250,
    fields=(
        F("Title", api="Event_Title", mandatory=True, length=255, quick=True, card=True),
        F("Location", api="Venue", length=255, quick=True,
          sample="Our branch|At the customer's|Video call|Town hall, room 2"),
        F("All day", "boolean", default=False),
        F("From", "datetime", api="Start_DateTime", mandatory=True, quick=True, between=(1, 20), filled=1),
        F("To", "datetime", api="End_DateTime", mandatory=True, quick=True, filled=1),
        F("Participants", "participants", filled=0.6),
        F("Contact Name", "lookup", api="Who_Id", to="Contacts", filled=0.5),
        F("Related To", "multi_module_lookup", api="What_Id", to=WHAT, filled=0.6),
        F("Check-In Status", "picklist", values="-None-|PLANNED|MISSED|VISITED", section="-", filled=0.1),
        F("Reminder", "reminder", api="Remind_At", mandatory=True, filled=1),
        F("Repeat", "recurring", api="Recurring_Activity", filled=0),
        F("Meeting Kind", "picklist", custom=True, values="-None-|First visit|Valuation|Contract signing|Complaint"),
        F("Description", "large", section="notes"),
    ),
)  # fmt: skip

CALLS = ModuleSpec(
    "Calls", "Call", "Calls", sections=ACTIVITY, count=300,
    fields=(
        F("Subject", mandatory=True, length=255, quick=True, card=True),
        F("Call Type", "picklist", mandatory=True, values="-None-|Outbound|Inbound|Missed", quick=True, filled=1),
        F("Call Purpose", "picklist", values="-None-|Prospecting|Administrative|Negotiation|Demo|Project|Desk"),
        F("Contact Name", "lookup", api="Who_Id", to="Contacts", filled=0.8),
        F("Related To", "multi_module_lookup", api="What_Id", to=f"Leads {WHAT}", filled=0.5),
        F("Call Start Time", "datetime", mandatory=True, quick=True, between=(0, 10), filled=1),
        F("Call Duration", length=20, filled=1),
        F("Call Duration (in seconds)", "integer", api="Call_Duration_in_seconds", filled=1),
        F("Call Result", "picklist",
          values="-None-|Interested|Not interested|No response/Busy|Requested more info|Requested call back|"
          "Invalid number"),
        F("Outgoing Call Status", "picklist", api="Outbound_Call_Status",
          values="-None-|Scheduled|Completed|Overdue|Cancelled", filled=0),
        F("Caller ID", "phone", filled=0.2),
        F("Voice Recording", "website", api="Voice_Recording__s", length=2000, section="-", filled=0),
        F("Description", "large", section="notes"),
    ),
)  # fmt: skip

ACTIVITIES = (TASKS, EVENTS, CALLS)


def tab(
    api: str, label: str, visibility: int = 1, hidden_from: str = "", name: str = "", presence: bool = True
) -> ModuleSpec:
    """A tab without records of its own: the record calls refuse it."""
    return ModuleSpec(
        api, label, label, name=name, visibility=visibility, api_supported=False, creatable=False, quick_create=False,
        lookupable=False, blueprint=False, searchable=False, owned=False, layouts=(), hidden_from=hidden_from,
          tab=presence,
    )  # fmt: skip


def tracker(api: str, label: str, parent: str, moved: str, status: str = "system_hidden") -> ModuleSpec:
    """The history of a picklist: one row per value that a record has left."""
    return ModuleSpec(
        api, label, label, generated="field_tracker", status=status, visibility=2, parent=parent, tab=False,
        creatable=False, quick_create=False, lookupable=False, blueprint=False, searchable=False, owned=False,
        tracks_current=True, layouts=(),
        fields=(
            F(moved, "text", length=120, filled=1),
            F("Moved To", "text", api="Moved_To__s", length=120, filled=0.8),
            F("Duration (Days)", "integer", api="Duration_Days", between=(0, 60), filled=1),
            F("Modified By", "author"),
            F("Modified Time", "created_time"),
            F("Parent Id", "lookup", to=parent, filled=1),
        ),
    )  # fmt: skip


def upload(api: str, label: str) -> ModuleSpec:
    """The module that the system makes for a file or image upload field."""
    return tab(api, label, 2046, name=api.removesuffix("__s").replace("_", "").capitalize(), presence=False)


NOTES = ModuleSpec(
    "Notes", "Note", "Notes", status="system_hidden", tab=False, quick_create=False, blueprint=False, lookupable=False,
    layouts=(), count=260,
    fields=(
        F("Note Title", length=120, filled=0.8),
        F("Note Content", "large", mandatory=True, filled=1),
        F("Parent ID", "multi_module_lookup", api="Parent_Id", to=f"Leads Contacts {WHAT}", filled=1),
    ),
)  # fmt: skip
ATTACHMENTS = ModuleSpec(
    "Attachments", "Attachment", "Attachments", status="system_hidden", tab=False, quick_create=False, blueprint=False,
    lookupable=False, layouts=(), owned=False,
    fields=(
        F("File Name", length=120),
        F("Size", "bigint"),
        F("Parent ID", "multi_module_lookup", api="Parent_Id", to=f"Leads Contacts {WHAT}"),
    ),
)  # fmt: skip

SYSTEM = (
    tab("Home", "Home"),
    tab("Reports", "Reports"),
    tab("Analytics", "Analytics", name="Dashboards"),
    tab("Documents", "Documents"),
    tab("Forecasts", "Forecasts", hidden_from="read_only back_office"),
    tab("Feeds", "Feeds"),
    tab("SalesInbox", "SalesInbox", hidden_from="read_only back_office"),
    NOTES,
    ATTACHMENTS,
    tracker("DealHistory", "Stage History", "Deals", "Stage"),
    tracker("Lead_Status_History", "Lead Status History", "Leads", "Lead Status", "user_hidden"),
    tracker("Quote_Stage_History", "Quote Stage History", "Quotes", "Quote Stage", "user_hidden"),
    tab("Actions_Performed", "Actions Performed", presence=False).but(status="system_hidden", api_supported=True),
    tab("Forecast_Quotas", "Forecast Quotas", 736, presence=False).but(status="system_hidden"),
    tab("Locking_Information__s", "Locking Information", 2, presence=False).but(api_supported=True),
)
