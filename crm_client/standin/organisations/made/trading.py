"""The standard modules of goods, orders, campaigns and service, with the subforms of their line items."""

from __future__ import annotations

from crm_client.standin.organisations.made.spec import FieldSpec as F
from crm_client.standin.organisations.made.spec import LayoutSpec, ModuleSpec, SectionSpec
from crm_client.standin.organisations.made.standard import address

WITH_ADDRESS = (
    SectionSpec("", "Information"),
    SectionSpec("address", "Address Information", 2, "top_to_bottom"),
    SectionSpec("notes", "Description Information", 1),
)
ORDER_SECTIONS = (
    *WITH_ADDRESS[:2],
    SectionSpec("totals", "Totals"),
    SectionSpec("terms", "Terms and Conditions", 1),
    WITH_ADDRESS[2],
)
CARRIERS = "-None-|BlueDart|DHL|FedEX|UPS|USPS|Own delivery"

PRODUCTS = ModuleSpec(
    "Products", "Product", "Products", image=True, count=80,
    sections=(SectionSpec("image", "Image", 1), SectionSpec("", "Information"),
              SectionSpec("price", "Price Information"),
              SectionSpec("stock", "Stock Information"), SectionSpec("notes", "Description Information", 1)),
    layouts=(LayoutSpec("Standard", required="Unit_Price"), LayoutSpec("Financial product", without="stock",
      required="Product_Code")),
    fields=(
        F("Product Name", mandatory=True, length=200, quick=True, card=True),
        F("Product Code", length=40, unique=True, quick=True, card=True, sample="@@-####", filled=1),
        F("Vendor Name", "lookup", to="Vendors", filled=0.6),
        F("Product Category", "picklist", values="-None-|Loans|Leasing|Insurance|Valuation|Hardware|Software|Training"),
        F("Manufacturer", "picklist", values="-None-|AltivaTap Inc.|In-house|LexPon Inc.|MetBeat Corp."),
        F("Product Active", "boolean", default=True),
        F("Sales Start Date", "date", between=(0, 30)),
        F("Sales End Date", "date", between=(400, 1200), filled=0.4),
        F("Support Expiry Date", "date", between=(700, 1500), filled=0.3),
        F("Unit Price", "currency", section="price", quick=True, between=(20, 4000), filled=1),
        F("Commission Rate", "percent", section="price", between=(0, 9)),
        F("Tax", "multi", section="price", values="Sales Tax|Vat|Reduced rate", custom=False),
        F("Taxable", "boolean", section="price", default=True),
        F("Usage Unit", "picklist", section="stock", values="-None-|Box|Carton|Dozen|Each|Hours|Pieces|Sheet"),
        F("Qty in Stock", "double", section="stock", between=(0, 800)),
        F("Reorder Level", "double", section="stock", between=(0, 60)),
        F("Handler", "owner", section="stock"),
        F("Description", "large", section="notes"),
    ),
)  # fmt: skip


def order(
    api: str, singular: str, plural: str, items: str, count: int, own: tuple[F, ...], name: str = ""
) -> ModuleSpec:
    """One of the four modules with line items and totals; `own` are the fields that only it has."""
    totals = ("Sub Total", "Discount", "Tax", "Adjustment", "Grand Total")
    return ModuleSpec(
        api, singular, plural, name=name, sections=ORDER_SECTIONS, count=count,
        layouts=(LayoutSpec("Standard", unused="terms" if api == "Purchase_Orders" else ""),),
        fields=(
            F("Subject", mandatory=True, length=255, quick=True, card=True),
            *own,
            *address("Billing_"),
            *address("Shipping_"),
            F(items.replace("_", " "), "subform", to=items, section=items, mandatory=True, filled=1),
            *(F(label, "currency", section="totals", filled=1) for label in totals),
            F("Terms and Conditions", "large", section="terms",
              sample="Payable within 30 days.|50 % on order, the rest on delivery."),
            F("Description", "large", section="notes"),
        ),
    )  # fmt: skip


CUSTOMER = (
    F("Account Name", "lookup", shown="Company Name", to="Accounts", filled=1),
    F("Contact Name", "lookup", to="Contacts"),
)
QUOTES = order("Quotes", "Quote", "Quotes", "Quoted_Items", 180, (
    F("Quote Number", "autonumber", prefix="Q-"),
    *CUSTOMER,
    F("Deal Name", "lookup", to="Deals", filled=0.7),
    F("Quote Stage", "picklist", tracked="Quote_Stage_History",
      values="-None-|Draft|Negotiation|Delivered|On Hold|Confirmed|Closed Won|Closed Lost"),
    F("Team", length=50, sample="North|South|Key accounts"),
    F("Carrier", "picklist", values=CARRIERS),
    F("Valid Till", "date", between=(14, 60)),
))  # fmt: skip
SALES_ORDERS = order("Sales_Orders", "Sales Order", "Sales Orders", "Ordered_Items", 90, (
    F("SO Number", "autonumber", prefix="SO-"),
    *CUSTOMER,
    F("Quote Name", "lookup", to="Quotes", filled=0.5),
    F("Purchase Order", length=50, sample="PO-#####"),
    F("Status", "picklist", values="-None-|Created|Approved|Delivered|Cancelled"),
    F("Pending", length=100, filled=0),
    F("Carrier", "picklist", values=CARRIERS),
    F("Due Date", "date", between=(7, 60)),
), "SalesOrders")  # fmt: skip
INVOICES = order("Invoices", "Invoice", "Invoices", "Invoiced_Items", 80, (
    F("Invoice Number", "autonumber", prefix="INV-"),
    *CUSTOMER,
    F("Sales Order", "lookup", to="Sales_Orders", filled=0.6),
    F("Status", "picklist", values="-None-|Created|Approved|Delivered|Cancelled"),
    F("Invoice Date", "date", between=(0, 3), filled=1),
    F("Due Date", "date", between=(14, 45), filled=1),
    F("Excise Duty", "currency", between=(0, 50), filled=0.2),
))  # fmt: skip
PURCHASE_ORDERS = order("Purchase_Orders", "Purchase Order", "Purchase Orders", "Purchase_Items", 40, (
    F("PO Number", sample="PO-#####"),
    F("Vendor Name", "lookup", to="Vendors", mandatory=True, filled=1),
    F("Contact Name", "lookup", to="Contacts", filled=0.2),
    F("Requisition Number", length=40, sample="RQ-####"),
    F("Status", "picklist", values="-None-|Created|Approved|Delivered|Cancelled"),
    F("Carrier", "picklist", values=CARRIERS),
    F("PO Date", "date", between=(0, 3)),
    F("Due Date", "date", between=(7, 60)),
), "PurchaseOrders").but(hidden_from="sales read_only")  # fmt: skip


def items(api: str, singular: str, plural: str, parent: str, name: str) -> ModuleSpec:
    """The subform module of an order's line items."""
    return ModuleSpec(
        api, singular, plural, name=name, generated="subform", visibility=2, parent=parent, tab=False, creatable=False,
        quick_create=False, lookupable=False, blueprint=False, searchable=False, owned=False,
        fields=(
            F("Product Name", "lookup", to="Products", mandatory=True, filled=1),
            F("Quantity", "double", filled=1),
            F("List Price", "currency", filled=1),
            F("Total", "formula", returns="currency", filled=1),
            F("Discount", "currency", filled=1),
            F("Total After Discount", "formula", returns="currency", filled=1),
            F("Tax", "currency", filled=1),
            F("Line Tax", "line_tax"),
            F("Net Total", "formula", returns="currency", filled=1),
            F("Description", "small", filled=0.2),
            F("Price Book Name", "lookup", to="Price_Books", filled=0.1),
            F("Sequence Number", "integer", filled=1),
            F("Parent Id", "lookup", to=parent, section="-", filled=1),
        ),
    )  # fmt: skip


LINE_ITEMS = (
    items("Quoted_Items", "Quoted Item", "Quoted Items", "Quotes", "QuotedItems"),
    items("Ordered_Items", "Ordered Item", "Ordered Items", "Sales_Orders", "OrderedItems"),
    items("Invoiced_Items", "Invoiced Item", "Invoiced Items", "Invoices", "InvoicedItems"),
    items("Purchase_Items", "Purchase Item", "Purchase Items", "Purchase_Orders", "PurchaseItems").but(
        hidden_from="sales read_only"
    ),
)

VENDORS = ModuleSpec(
    "Vendors", "Vendor", "Vendors", sections=WITH_ADDRESS, count=40, hidden_from="sales",
    fields=(
        F("Vendor Name", mandatory=True, length=120, quick=True, card=True),
        F("Phone", "phone", quick=True),
        F("Email", "email", quick=True),
        F("Website", "website"),
        F("GL Account", "picklist",
          values="-None-|Interest Income|Labor Income|Misc.Sales|Rental Income|Sales-Hardware|Sales-Software"),
        F("Category", length=50, sample="Valuation|Marketing|Repair|IT|Legal"),
        *(f for f in address() if f.api_name != "Zip_Code"),
        F("Zip Code", length=30, section="address"),
        F("Description", "large", section="notes"),
    ),
)  # fmt: skip

PRICE_BOOKS = ModuleSpec(
    "Price_Books", "Price Book", "Price Books", name="PriceBooks", count=6,
    fields=(
        F("Price Book Name", mandatory=True, length=120, quick=True),
        F("Active", "boolean", default=True),
        F("Pricing Model", "picklist", values="-None-|Flat|Differential"),
        F("Pricing Details", "subform", to="Pricing_Details", section="Pricing_Details", mandatory=True, filled=1),
        F("Description", "large"),
    ),
)  # fmt: skip

PRICING_DETAILS = ModuleSpec(
    "Pricing_Details", "Price Range", "Price Ranges", name="PricingDetails", generated="subform", visibility=2,
    parent="Price_Books", tab=False, creatable=False, quick_create=False, lookupable=False, blueprint=False,
    searchable=False, owned=False,
    fields=(
        F("From Range", "double", api="from_range", mandatory=True),
        F("To Range", "double", api="to_range", mandatory=True),
        F("Discount", "double", api="discount", mandatory=True),
        F("Parent Id", "lookup", to="Price_Books", section="-", filled=1),
    ),
)  # fmt: skip

CAMPAIGNS = ModuleSpec(
    "Campaigns", "Campaign", "Campaigns", count=25,
    sections=(SectionSpec("", "Information"), SectionSpec("notes", "Description Information", 1)),
    fields=(
        F("Campaign Name", mandatory=True, length=200, quick=True, card=True),
        F("Type", "picklist",
          values="-None-|Conference|Webinar|Trade Show|Public Relations|Partners|Referral Program|Advertisement|"
          "Banner Ads|Direct mail|Email|Telemarketing|Others"),
        F("Status", "picklist", values="-None-|Planning|Active|Inactive|Complete", default="Planning"),
        F("Start Date", "date", between=(0, 30), filled=1),
        F("End Date", "date", between=(31, 90), filled=1),
        F("Expected Revenue", "currency", between=(10_000, 900_000)),
        F("Budgeted Cost", "currency", between=(1_000, 60_000)),
        F("Actual Cost", "currency", between=(900, 66_000)),
        F("Num sent", "bigint", sample="####"),
        F("Expected Response", "bigint", sample="##"),
        F("Parent Campaign", "lookup", to="Campaigns", related="Child Campaigns", filled=0.1),
        F("Description", "large", section="notes"),
    ),
)  # fmt: skip

CASES = ModuleSpec(
    "Cases", "Case", "Cases", count=700,
    sections=(SectionSpec("", "Information"), SectionSpec("notes", "Description Information", 1),
              SectionSpec("answer", "Solution Information", 1)),
    layouts=(LayoutSpec("Standard", required="Priority"),
              LayoutSpec("Complaint", required="Priority Reported_By Email Case_Reason", without="Product_Name")),
    fields=(
        F("Case Number", "autonumber", prefix="C-"),
        F("Subject", mandatory=True, length=255, quick=True, card=True),
        F("Status", "picklist", mandatory=True, values="-None-|New|On Hold|Escalated|Closed", default="New",
          coloured=False),
        F("Case Origin", "picklist", mandatory=True, values="-None-|Email|Phone|Web|Branch", quick=True, filled=1),
        F("Priority", "picklist", coloured=True, values="-None-|High#d65745|Medium#ffc75f|Low#00a896"),
        F("Type", "picklist", values="-None-|Problem|Feature Request|Question|Complaint"),
        F("Case Reason", "picklist",
          values="-None-|User did not attend any training|Complex functionality|Wrong instalment|Late disbursement|"
          "New problem"),
        F("Account Name", "lookup", shown="Company Name", to="Accounts"),
        F("Related To", "lookup", to="Contacts"),
        F("Deal Name", "lookup", to="Deals", filled=0.3),
        F("Product Name", "lookup", to="Products", filled=0.4),
        F("Reported By", length=50),
        F("Email", "email"),
        F("Phone", "phone"),
        F("No. of comments", "integer", api="No_of_comments", between=(0, 9)),
        F("Attachments of the Customer", "fileupload", custom=True, to="File_Upload_3__s", filled=0.2),
        F("Description", "large", section="notes"),
        F("Internal Comments", "large", section="notes", hidden_from="read_only"),
        F("Solution", "large", section="answer", filled=0.3),
    ),
)  # fmt: skip

SOLUTIONS = ModuleSpec(
    "Solutions", "Solution", "Solutions", count=30, hidden_from="sales",
    fields=(
        F("Solution Number", "autonumber", prefix="S-"),
        F("Solution Title", mandatory=True, length=200, quick=True),
        F("Status", "picklist", values="-None-|Draft|Reviewed|Duplicate"),
        F("Published", "boolean", default=False),
        F("Product Name", "lookup", to="Products", filled=0.5),
        F("Question", "large"),
        F("Answer", "large"),
    ),
)  # fmt: skip

SERVICES = ModuleSpec(
    "Services__s", "Service", "Services", name="Services", count=12, hidden_from="sales",
    fields=(
        F("Service Name", mandatory=True, length=120, quick=True),
        F("Duration", "picklist", values="30 mins|1 hr|1 hr 30 mins|2 hrs", mandatory=True, filled=1),
        F("Location", "picklist", values="Business Address|Client Address|Both", filled=1),
        F("Price", "currency", between=(40, 400)),
        F("Status", "picklist", values="Active|Inactive", filled=1),
        F("Job Sheet Required", "boolean", default=False),
        F("Members", "multiuserlookup", via="Services_X_Users", filled=0.8),
        F("Description", "small"),
    ),
)  # fmt: skip

APPOINTMENTS = ModuleSpec(
    "Appointments__s", "Appointment", "Appointments", name="Appointments", count=60, hidden_from="sales",
    fields=(
        F("Appointment Name", mandatory=True, length=120, quick=True),
        F("Service Name", "lookup", to="Services__s", mandatory=True, filled=1),
        F("Appointment For", "multi_module_lookup", to="Contacts Leads Accounts Deals", filled=1),
        F("Appointment Start Time", "datetime", mandatory=True, between=(1, 20), filled=1),
        F("Appointment End Time", "datetime", filled=0),
        F("Location", "picklist", values="Business Address|Client Address"),
        F("Address", length=250, sample="at the branch|at the customer's"),
        F("Status", "picklist", values="Scheduled|Completed|Cancelled|Rescheduled|Overdue", filled=1),
        F("Cancellation Reason", "picklist", values="-None-|Customer cancelled|Agent unavailable", filled=0.1),
        F("Rescheduled Count", "integer", api="Reschedule_Count", between=(0, 3)),
    ),
)  # fmt: skip

TRADING = (
    PRODUCTS, QUOTES, SALES_ORDERS, INVOICES, PURCHASE_ORDERS, *LINE_ITEMS, VENDORS, PRICE_BOOKS, PRICING_DETAILS,
)  # fmt: skip
SERVING = (CAMPAIGNS, CASES, SOLUTIONS, SERVICES, APPOINTMENTS)
