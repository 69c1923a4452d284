"""The standard modules that sell: Leads, Contacts, Accounts, Deals, and the values that several modules share."""

from __future__ import annotations

from crm_client.standin.organisations.made.spec import FieldSpec as F
from crm_client.standin.organisations.made.spec import LayoutSpec, ModuleSpec, SectionSpec

SOURCES = (
    "-None-|Advertisement|Cold Call|Employee Referral|External Referral|Online Store=>OnlineStore|Partner|"
    "Public Relations|Trade Show|Web Research|Chat|Broker portal=>Broker Portal|~Fax campaign=>Fax"
)
INDUSTRIES = (
    "-None-|Agriculture|Automotive|Construction|Education|Energy|Financial Services|Government/Military|"
    "Healthcare=>Health Care|Logistics|Manufacturing|Real Estate|Retail|Technology|Tourism & Hospitality"
)
SEGMENTS = (
    "Automotive:Dealership,Fleet operator,Repair shop|Construction:General contractor,Civil engineering,Fit-out|"
    "Real Estate:Broker,Landlord,Developer|Retail:Grocery,Fashion,Online only|Technology:Software,Hardware"
)
SEGMENT_VALUES = (
    "-None-|Dealership|Fleet operator|Repair shop|General contractor|Civil engineering|Fit-out|Broker|Landlord|"
    "Developer|Grocery|Fashion|Online only|Software|Hardware"
)
REGIONS = "-None-|North#2c73d2|East#0081cf|South#ff9671|West#ffc75f|Overseas=>Export#845ec2"
RATING = "-None-|Acquired|Active|Market Failed|Project Cancelled|Shut Down"
SALUTATIONS = "-None-|Mr.|Mrs.|Ms.|Mx.|Dr.|Prof."

PERSON_SECTIONS = (
    SectionSpec("image", "Image", 1),
    SectionSpec("", "Information"),
    SectionSpec("address", "Address Information", 2, "top_to_bottom"),
    SectionSpec("consent", "Consent and Privacy"),
    SectionSpec("visits", "Visit Summary", used=False),
    SectionSpec("notes", "Description Information", 1),
)
COMPANY_SECTIONS = (
    SectionSpec("image", "Image", 1),
    SectionSpec("", "Information"),
    SectionSpec("figures", "Figures"),
    SectionSpec("address", "Address Information", 2, "top_to_bottom"),
    SectionSpec("notes", "Description Information", 1),
)


def address(prefix: str = "", section: str = "address") -> tuple[F, ...]:
    """The five address fields of a module, with the prefix that the CRM gives them ("Billing_", "Mailing_" …)."""
    spoken = prefix.replace("_", " ")
    place = (
        ("Street", 250),
        ("City", 100),
        ("State", 100),
        (("Zip Code" if not prefix else "Code"), 30),
        ("Country", 100),
    )
    if prefix in ("Mailing_", "Other_"):
        place = (*place[:3], ("Zip", 30), place[4])
    filled = 0 if prefix == "Other_" else 1
    return tuple(F(f"{spoken}{label}", length=length, section=section, filled=filled) for label, length in place)


LEADS = ModuleSpec(
    "Leads", "Lead", "Leads", convertable=True, feeds=True, changed=True, image=True, wizards=True,
    sections=PERSON_SECTIONS, count=900,
    layouts=(
        LayoutSpec("Standard", required="Company", unused="visits"),
        LayoutSpec("Broker referral", required="Company Phone Broker_Code", without="visits Annual_Revenue Twitter",
                   one_column="address"),
        LayoutSpec("Private customer", required="Email Consent_Date", without="Company No_of_Employees Annual_Revenue "
                   "Industry Segment Website visits", hidden_from="read_only"),
        LayoutSpec("Trade fair 2019", status="inactive", without="consent visits"),
    ),
    fields=(
        F("Company", length=200, quick=True, card=True, convert="Accounts=Account_Name"),
        F("Salutation", "picklist", values=SALUTATIONS, length=25),
        F("First Name", "first_name", quick=True, convert="Contacts=First_Name"),
        F("Last Name", "last_name", mandatory=True, quick=True, convert="Contacts=Last_Name"),
        F("Full Name", "full_name", section="-"),
        F("Title", api="Designation", length=100, convert="Contacts=Title",
          sample="Managing director|Fleet manager|Owner|Head of purchasing|Controller|Office manager"),
        F("Email", "email", quick=True, card=True, unique=True, convert="Contacts=Email", filled=0.95),
        F("Secondary Email", "email", filled=0.1),
        F("Phone", "phone", quick=True, card=True, convert="Contacts=Phone Accounts=Phone"),
        F("Mobile", "phone", convert="Contacts=Mobile", filled=0.5),
        F("Fax", "fax", filled=0.05),
        F("Website", "website", length=255, convert="Accounts=Website"),
        F("Lead Source", "picklist", values=SOURCES, global_set="Lead_Sources", card=True,
          convert="Contacts=Lead_Source Deals=Lead_Source"),
        F("Lead Status", "picklist", tracked="Lead_Status_History", coloured=True, card=True, default="Not Contacted",
          values="-None-|Not Contacted#b0b8c4|Attempted to Contact#ffc75f|Contact in Future#845ec2|Contacted#2c73d2|"
                 "Pre-Qualified#00a896|Not Qualified#8d6e63|Lost Lead#d65745|Junk Lead#4b4453"),
        F("Industry", "picklist", values=INDUSTRIES, global_set="Industries", convert="Accounts=Industry"),
        F("Segment", "picklist", custom=True, values=SEGMENT_VALUES, parent="Industry", maps=SEGMENTS),
        F("Region", "picklist", custom=True, values=REGIONS, coloured=True, global_set="Regions"),
        F("No. of Employees", "integer", api="No_of_Employees", between=(1, 4000), convert="Accounts=Employees"),
        F("Annual Revenue", "currency", between=(40_000, 90_000_000), hidden_from="back_office",
          convert="Accounts=Annual_Revenue"),
        F("Rating", "picklist", values=RATING),
        F("Twitter", "twitter", filled=0.1),
        F("Skype ID", "skype", filled=0.1),
        F("Products of Interest", "multi", custom=True,
          values="Vehicle loan|Mortgage|Bridging loan|Leasing|Factoring|Insurance"),
        F("Requested Amount", "currency", custom=True, between=(5_000, 900_000),
          tooltip="info_icon=What the customer asked for, before our offer"),
        F("Broker Code", custom=True, length=12, external=True, sample="BR-####"),
        F("Score", "integer", custom=True, length=5, between=(0, 100), read_only_for="sales read_only"),
        F("Callback Requested", "boolean", custom=True, default=False),
        F("Preferred Time", "picklist", custom=True, values="-None-|Morning|Afternoon|Evening", filled=0.4),
        F("Street", length=250, section="address", filled=1, convert="Contacts=Mailing_Street Accounts=Billing_Street"),
        F("City", length=100, section="address", filled=1, convert="Contacts=Mailing_City"),
        F("State", length=100, section="address", filled=1),
        F("Zip Code", length=30, section="address", filled=1),
        F("Country", length=100, section="address", filled=1),
        F("Email Opt Out", "boolean", section="consent", default=False),
        F("Consent Date", "date", custom=True, section="consent", between=(0, 20),
          tooltip="static_text=Day of the signed consent"),
        F("Consent Form", "fileupload", custom=True, section="consent", to="File_Upload_1__s", length=1, filled=0.2),
        F("National ID", custom=True, length=20, section="consent", encrypted=True, private=True,
          hidden_from="sales read_only back_office", sample="########"),
        F("Most Recent Visit", "visit_time", api="Last_Visited_Time", section="visits", filled=0.3),
        F("First Page Visited", "website", api="First_Visited_URL", length=3000, section="visits", filled=0.3,
          sample="https://www.halden-lending.example/offers/vehicles"),
        F("Average Time Spent (Minutes)", "double", section="visits", between=(0, 30), filled=0.3),
        F("Days Visited", "integer", section="visits", between=(1, 40), filled=0.3),
        F("Visitor Score", "bigint", length=19, section="visits", sample="###"),
        F("Description", "large", section="notes",
          convert="Contacts=Description Accounts=Description Deals=Description"),
        F("Meeting Protocol", "rich", custom=True, section="notes", filled=0.1),
        F("Converted Account", "lookup", to="Accounts", section="-", filled=0),
        F("Converted Contact", "lookup", to="Contacts", section="-", filled=0),
        F("Converted Deal", "lookup", to="Deals", section="-", filled=0),
        F("Is Converted", "boolean", api="Converted__s", section="-", default=False, filled=0),
        F("Lead Conversion Time", "integer", section="-", filled=0),
        F("Unsubscribed Mode", "picklist", values="-None-|Consent form|Manual|Unsubscribe link", section="-",
          filled=0.02),
        F("Unsubscribed Time", "system_time", section="-", filled=0.02),
        F("Console Reference", custom=True, length=40, unique=True, filled=0),
        F("Old CRM Number", custom=True, length=30, unused=True),
        F("Fax Campaign 2014", "boolean", custom=True, unused=True),
        F("Import Batch", custom=True, length=40, section="-", sample="2023-11 migration|2024-02 trade fair",
          filled=0.3),
    ),
)  # fmt: skip

CONTACTS = ModuleSpec(
    "Contacts", "Contact", "Contacts", feeds=True, changed=True, image=True, wizards=True, public_fields=True,
    sections=(*PERSON_SECTIONS[:2], SectionSpec("household", "Household"), *PERSON_SECTIONS[2:4], PERSON_SECTIONS[5]),
    count=1100,
    layouts=(
        LayoutSpec("Standard", required="Email"),
        LayoutSpec("Guarantor", required="Email Mobile Date_of_Birth Household_Income", without="Department Fax",
                   one_column="household"),
        LayoutSpec("Supplier contact", required="Account_Name", without="household Languages Interested_Properties",
                   hidden_from="sales"),
    ),
    fields=(
        F("Salutation", "picklist", values=SALUTATIONS, length=25),
        F("First Name", "first_name", quick=True, card=True),
        F("Last Name", "last_name", mandatory=True, quick=True),
        F("Full Name", "full_name", section="-"),
        F("Account Name", "lookup", shown="Company Name", to="Accounts", quick=True, card=True, filled=0.92),
        F("Vendor Name", "lookup", to="Vendors", filled=0.04),
        F("Reporting To", "lookup", to="Contacts", related="Direct Reports", filled=0.2),
        F("Title", length=100,
          sample="Managing director|Fleet manager|Owner|Head of purchasing|Controller|Office manager"),
        F("Department", length=100, sample="Finance|Purchasing|Operations|Fleet|Board|Legal"),
        F("Email", "email", quick=True, card=True, unique=True, filled=0.97),
        F("Secondary Email", "email", filled=0.1),
        F("Phone", "phone", quick=True, card=True),
        F("Mobile", "phone", filled=0.6),
        F("Home Phone", "phone", filled=0.1),
        F("Asst Phone", "phone", filled=0.05),
        F("Assistant", length=50, filled=0.05),
        F("Fax", "fax", filled=0.05),
        F("Lead Source", "picklist", values=SOURCES, global_set="Lead_Sources"),
        F("Date of Birth", "date", private=True, between=(-25_000, -8_000), filled=0.5),
        F("Region", "picklist", custom=True, values=REGIONS, coloured=True, global_set="Regions"),
        F("Second Advisor", "userlookup", custom=True, filled=0.3),
        F("Twitter", "twitter", filled=0.05),
        F("Skype ID", "skype", filled=0.1),
        F("Customer Since", "date", custom=True, between=(-2000, -10)),
        F("Customer Number", "autonumber", custom=True, prefix="CU-"),
        F("Total Loan Amount", "rollup", custom=True, rollup="Loans.Loan_Amount.SUM", returns="currency"),
        F("Marital Status", "picklist", custom=True, section="household", private=True,
          values="-None-|Single|Married|Registered partnership|Divorced|Widowed"),
        F("Household Income", "currency", custom=True, section="household", private=True, encrypted=True,
          between=(18_000, 400_000), hidden_from="sales read_only"),
        F("Dependants", "integer", custom=True, section="household", length=2, between=(0, 6)),
        F("Spouse", "lookup", custom=True, to="Contacts", section="household", related="Spouses", filled=0.1),
        F("Interested Properties", "multiselectlookup", custom=True, to="Properties", via="Contacts_X_Properties",
          filled=0.25),
        F("Languages", "subform", custom=True, to="Languages", section="Languages", filled=0.4),
        *address("Mailing_"),
        *address("Other_"),
        F("Email Opt Out", "boolean", section="consent", default=False),
        F("Contact Channels", "multi", custom=True, section="consent",
          values="E-mail=>Email|Phone|Letter|Text message=>SMS|WhatsApp"),
        F("Description", "large", section="notes"),
        F("Nickname", custom=True, unused=True),
    ),
)  # fmt: skip

ACCOUNTS = ModuleSpec(
    "Accounts", "Company", "Companies", actual=("Account", "Accounts"), feeds=True, changed=True, image=True,
    wizards=True, sections=COMPANY_SECTIONS, count=600,
    layouts=(
        LayoutSpec("Standard", required="Industry"),
        LayoutSpec("Dealership", required="Industry Phone Tax_Number", without="Parent_Account Ownership",
                   one_column="figures", hidden_from="read_only"),
    ),
    fields=(
        F("Account Name", shown="Company Name", mandatory=True, unique=True, length=200, quick=True, card=True,
          filled=1),
        F("Account Number", "bigint", sample="########"),
        F("Account Site", length=80, sample="Headquarters|Branch|Warehouse", filled=0.3),
        F("Parent Account", "lookup", shown="Parent Company", to="Accounts", related="Subsidiaries", filled=0.1),
        F("Account Type", "picklist",
          values="-None-|Analyst|Competitor|Customer|Distributor|Investor|Partner|Prospect|Supplier|Vendor",
          quick=True),
        F("Industry", "picklist", values=INDUSTRIES, global_set="Industries", quick=True),
        F("Segment", "picklist", custom=True, values=SEGMENT_VALUES, parent="Industry", maps=SEGMENTS),
        F("Region", "picklist", custom=True, values=REGIONS, coloured=True, global_set="Regions"),
        F("Ownership", "picklist", values="-None-|Government|Partnership|Privately Held|Public Company|Other"),
        F("Rating", "picklist", values=RATING),
        F("Phone", "phone", quick=True, card=True),
        F("Fax", "fax", filled=0.05),
        F("Website", "website", card=True),
        F("Ticker Symbol", length=30, sample="@@@|@@@@", filled=0.05),
        F("SIC Code", "integer", between=(100, 9999), filled=0.2),
        F("Tax Number", custom=True, length=20, unique=True, sample="##-#######", filled=0.6),
        F("Legal Form", "picklist", custom=True,
          values="-None-|Sole trader|Partnership|LLC|Corporation|Co-operative|Association"),
        F("Framework Contract", "fileupload", custom=True, to="File_Upload_2__s", length=5, filled=0.1),
        F("Building Photos", "imageupload", custom=True, to="Image_Upload_2__s", length=5, filled=0.1),
        F("Employees", "integer", section="figures", between=(1, 9000)),
        F("Annual Revenue", "currency", section="figures", between=(40_000, 300_000_000), hidden_from="back_office"),
        F("Credit Limit", "currency", custom=True, section="figures", between=(5_000, 2_000_000),
          read_only_for="sales"),
        F("Default Probability", "percent", custom=True, section="figures", between=(0, 40), hidden_from="sales"),
        F("Days Beyond Terms", "double", custom=True, decimals=1, section="figures", between=(0, 90)),
        F("Open Deals", "rollup", custom=True, section="figures", rollup="Deals.id.COUNT", returns="integer"),
        F("Deal Volume", "rollup", custom=True, section="figures", rollup="Deals.Amount.SUM", returns="currency"),
        F("Revenue per Employee", "formula", custom=True, section="figures", returns="currency"),
        *address("Billing_"),
        *address("Shipping_"),
        F("Description", "large", section="notes"),
        F("Old Debtor Number", custom=True, length=30, section="-", sample="D####", filled=0.3),
        F("Telex", custom=True, length=20, unused=True),
    ),
)  # fmt: skip

STAGES = (
    "Qualification#b0b8c4|Needs Analysis#ffc75f|Value Proposition#ff9671|"
    "Identify Decision Makers=>Id. Decision Makers#845ec2|Proposal/Price Quote#2c73d2|Negotiation/Review#0081cf|"
    "Credit Check#00a896|Closed Won#2e7d32|Closed Lost#d65745|"
    "Closed-Lost to Competition=>Closed Lost to Competition#4b4453"
)
CLOSED = ("Closed Won", "Closed Lost", "Closed Lost to Competition")

DEALS = ModuleSpec(
    "Deals", "Deal", "Deals", feeds=True, changed=True, wizards=True, count=700,
    sections=(SectionSpec("", "Information"), SectionSpec("figures", "Figures"),
              SectionSpec("notes", "Description Information", 1)),
    layouts=(
        LayoutSpec("Standard", required="Closing_Date Account_Name",
          pipelines="Standard (Standard):Qualification,Needs Analysis,"
                   "Value Proposition,Id. Decision Makers,Proposal/Price Quote,Negotiation/Review,Closed Won,"
                   "Closed Lost,Closed Lost to Competition|"
                   "Fast track:Qualification,Proposal/Price Quote,Closed Won,Closed Lost"),
        LayoutSpec("Secured lending", required="Closing_Date Account_Name Amount Property",
                   without="Campaign_Source Next_Step", one_column="figures",
                   pipelines="Secured:"
                   "Qualification,Needs Analysis,Credit Check,Negotiation/Review,Closed Won,Closed Lost"),
    ),
    fields=(
        F("Deal Name", mandatory=True, length=120, quick=True, card=True),
        F("Account Name", "lookup", shown="Company Name", to="Accounts", quick=True, card=True, filled=1),
        F("Contact Name", "lookup", to="Contacts", quick=True),
        F("Pipeline", "picklist", mandatory=True, values="Standard (Standard)|Fast track|Secured", quick=True),
        F("Stage", "picklist", mandatory=True, values=STAGES, coloured=True, tracked="DealHistory", quick=True,
          card=True),
        F("Closing Date", "date", quick=True, between=(20, 200), filled=1),
        F("Type", "picklist", values="-None-|Existing Business|New Business"),
        F("Lead Source", "picklist", values=SOURCES, global_set="Lead_Sources"),
        F("Campaign Source", "lookup", to="Campaigns", filled=0.3),
        F("Next Step", length=100, sample="Call back|Send offer|Wait for documents|Arrange valuation"),
        F("Reason For Loss", "picklist", api="Reason_For_Loss__s",
          values="-None-|Expectation Mismatch|Price|Unqualified Customer|Lack of response|Missed Follow Ups|"
          "Competition|Other", section="-"),
        F("Property", "lookup", custom=True, to="Properties", filled=0.3),
        F("Deal Team", "multiuserlookup", custom=True, via="Deals_X_Users", filled=0.3),
        F("Collateral", "multi_module_lookup", custom=True, to="Properties Vehicles", filled=0.2),
        F("Competitors", "multi", custom=True,
          values="House bank|Captive lender|Credit union|Online broker|Leasing company"),
        F("Decision Expected", "datetime", custom=True, between=(5, 60), filled=0.4),
        F("Amount", "currency", section="figures", quick=True, card=True, between=(4_000, 1_200_000), filled=0.95),
        F("Probability", "percent", api="Probability", length=3, decimals=0, section="figures"),
        F("Expected Revenue", "currency", section="figures",
          read_only_for="administrator standard sales read_only back_office"),
        F("Margin", "percent", custom=True, section="figures", between=(0, 8), hidden_from="sales"),
        F("Commission", "formula", custom=True, section="figures", returns="currency", hidden_from="read_only"),
        F("Term (Months)", "integer", custom=True, section="figures", length=3, between=(6, 360)),
        F("Interest Rate", "double", custom=True, decimals=3, section="figures", between=(1.9, 12.5)),
        F("Overall Sales Duration", "integer", section="-", between=(1, 200)),
        F("Sales Cycle Duration", "integer", section="-", between=(1, 200)),
        F("Description", "large", section="notes"),
        F("Internal Assessment", "small", custom=True, section="notes", hidden_from="sales read_only"),
        F("Listings", "multiselectlookup", custom=True, to="Properties", via="Deals_X_Properties",
          related="Interested Deals", filled=0.1),
        F("Multi user", "multiuserlookup", custom=True, via="Deals_X_Followers", filled=0),
        F("Image Upload", "imageupload", custom=True, to="Image_Upload_4__s", length=10, filled=0),
        F("File Upload", "fileupload", custom=True, to="File_Upload_6__s", length=5, filled=0),
        F("Console Reference", custom=True, length=40, unique=True, filled=0),
        F("Old Deal Number", custom=True, length=20, unused=True),
    ),
)  # fmt: skip

SELLING = (LEADS, CONTACTS, ACCOUNTS, DEALS)
