"""What the lending company of the demo added to its CRM: loans, vehicles, properties, and what hangs on them."""

from __future__ import annotations

from crm_client.standin.organisations.made.spec import FieldSpec as F
from crm_client.standin.organisations.made.spec import LayoutSpec, ModuleSpec, SectionSpec
from crm_client.standin.organisations.made.standard import REGIONS, address
from crm_client.standin.organisations.made.system import tab, tracker, upload

LOANS = ModuleSpec(
    "Loans", "Loan", "Loans", name="CustomModule1", generated="custom", changed=True, wizards=True, count=300,
    description="Every loan from application to repayment. Owned by the credit department.",
    sections=(
        SectionSpec("", "Loan Information"), SectionSpec("terms", "Terms"),
        SectionSpec("security", "Security", 2, "top_to_bottom"), SectionSpec("checks", "Checks", 1),
        SectionSpec("legacy", "Legacy", used=False), SectionSpec("notes", "Remarks", 1),
    ),
    layouts=(
        LayoutSpec("Standard", required="Borrower Loan_Amount Purpose"),
        LayoutSpec("Vehicle loan", required="Borrower Loan_Amount Vehicle Down_Payment",
          without="Property Loan_to_Value legacy",
                   one_column="terms"),
        LayoutSpec("Mortgage", required="Borrower Loan_Amount Property Loan_to_Value Term_Months",
          without="Vehicle legacy",
                   unused="checks", hidden_from="read_only"),
        LayoutSpec("Kreditantrag (Schweiz) – Ergänzungsblatt für Grenzgänger", api="Kreditantrag_Schweiz",
          required="Borrower",
                   without="legacy checks"),
    ),
    fields=(
        F("Loan Name", api="Name", mandatory=True, length=120, quick=True, card=True),
        F("Loan Number", "autonumber", custom=True, prefix="LN-"),
        F("Borrower", "lookup", custom=True, to="Contacts", quick=True, card=True, filled=1),
        F("Company", "lookup", custom=True, to="Accounts", filled=0.5),
        F("Deal", "lookup", custom=True, to="Deals", filled=0.7),
        F("Status", "picklist", custom=True, quick=True, card=True, coloured=True, tracked="Loan_Status_History",
          default="Applied",
          values="-None-|Applied#b0b8c4|In review=>Review#ffc75f|Approved#00a896|Disbursed#2c73d2|Repaid#2e7d32|"
                 "In arrears=>Arrears#ff9671|Defaulted#d65745|Declined#4b4453"),
        F("Purpose", "picklist", custom=True, quick=True,
          values="-None-|Vehicle|Real estate=>Property|Machinery|Working capital|Refinancing"),
        F("Purpose Detail", "picklist", custom=True, parent="Purpose",
          values="-None-|New car|Used car|Commercial vehicle|Purchase|Renovation|Construction|New machine|Used machine",
          maps="Vehicle:New car,Used car,Commercial vehicle|Property:Purchase,Renovation,Construction|"
            "Machinery:New machine,Used machine"),
        F("Region", "picklist", custom=True, values=REGIONS, coloured=True, global_set="Regions"),
        F("Loan Amount", "currency", custom=True, quick=True, card=True, section="terms", between=(4_000, 900_000),
          filled=1),
        F("Down Payment", "currency", custom=True, section="terms", between=(0, 90_000)),
        F("Interest Rate", "double", custom=True, decimals=3, section="terms", between=(1.9, 12.5),
          read_only_for="sales"),
        F("Term (Months)", "integer", custom=True, length=3, section="terms", between=(6, 360)),
        F("Monthly Instalment", "formula", custom=True, section="terms", returns="currency"),
        F("First Instalment", "date", custom=True, section="terms", between=(20, 60)),
        F("Disbursed At", "datetime", custom=True, section="terms", between=(5, 40), filled=0.5),
        F("Repayment Channel", "picklist", custom=True, section="terms",
          values="-None-|Direct debit|Standing order|Card|Cheque"),
        F("Vehicle", "lookup", custom=True, to="Vehicles", section="security", filled=0.4),
        F("Property", "lookup", custom=True, to="Properties", section="security", filled=0.3),
        F("Security", "multi_module_lookup", custom=True, to="Vehicles Properties", section="security", filled=0.4),
        F("Loan to Value", "percent", custom=True, section="security", between=(10, 99)),
        F("Guarantors", "multiselectlookup", custom=True, to="Contacts", via="Loans_X_Contacts", section="security",
          filled=0.2),
        F("Credit Officers", "multiuserlookup", custom=True, via="Loans_X_Users", section="checks", filled=0.5),
        F("Approved By", "userlookup", custom=True, section="checks", filled=0.5, hidden_from="sales"),
        F("Credit Score", "integer", custom=True, length=3, section="checks", between=(300, 850),
          hidden_from="sales read_only"),
        F("Fraud Check Passed", "boolean", custom=True, section="checks", default=False),
        F("Documents Received", "multi", custom=True, section="checks",
          values="Identity card|Payslips|Tax return|Bank statements|Sale contract"),
        F("Signed Contract", "fileupload", custom=True, section="checks", to="File_Upload_4__s", length=5, filled=0.3),
        F("Co-Applicants", "subform", custom=True, api="Co_Applicants", to="Co_Applicants", section="Co_Applicants",
          filled=0.3),
        F("Core Banking Reference", custom=True, length=36, unique=True, external=True, section="checks",
          sample="CB-########", filled=1,
          tooltip="info_icon=Written by the core banking system. Do not change by hand."),
        F("Legacy Status", custom=True, length=40, section="legacy", filled=0.1, sample="A|B|C"),
        F("Remarks", "rich", custom=True, section="notes", filled=0.3),
        F("Reason for Decline", "small", custom=True, section="notes", filled=0.1),
        F("Migration Flag", "boolean", custom=True, section="-"),
        F("Alte Vertragsnummer", custom=True, length=30, unused=True),
        F("Processing Step", "picklist", custom=True, coloured=True, default="Application received", filled=0,
          values="-None-|Application received#b0b8c4|Completeness check#ffc75f|Documents requested#ff9671|"
                 "Checks#845ec2|Scoring#0081cf|Decision#2c73d2|Committee#4b4453|Approved#00a896|Contract sent#2c73d2|"
                 "Cooling-off#8d6e63|Ready for payout#00a896|Paid out#2e7d32|Declined#d65745|Withdrawn#4b4453"),
    ),
)  # fmt: skip

VEHICLES = ModuleSpec(
    "Vehicles", "Vehicle", "Vehicles", name="CustomModule2", generated="custom", image=True, wizards=True, count=160,
    sections=(SectionSpec("image", "Image", 1), SectionSpec("", "Vehicle Information"), SectionSpec("value", "Value")),
    layouts=(LayoutSpec("Standard", required="Make Model"),
              LayoutSpec("Commercial vehicle", required="Make Model Payload_kg", without="Doors")),
    fields=(
        F("Vehicle Name", api="Name", mandatory=True, length=120, quick=True, card=True),
        F("VIN", custom=True, length=17, unique=True, card=True, sample="WVW@@@##@########|VF1@@@##@########",
          filled=1),
        F("Make", "picklist", custom=True, quick=True, filled=1,
          values="-None-|BMW|Ford|Kia|Mercedes-Benz|Peugeot|Renault|Škoda|Tesla|Toyota|Volkswagen=>VW"),
        F("Model", custom=True, length=60, quick=True, filled=1),
        F("First Registration", "date", custom=True, between=(-3000, -100)),
        F("Mileage", "integer", custom=True, length=7, between=(10, 240_000)),
        F("Fuel", "picklist", custom=True, coloured=True,
          values="-None-|Petrol#ff9671|Diesel#4b4453|Electric#00a896|Hybrid#ffc75f|Hydrogen#2c73d2"),
        F("Doors", "integer", custom=True, length=1, between=(2, 5)),
        F("Payload (kg)", "integer", custom=True, between=(300, 9000), filled=0.2),
        F("Registration Plate", custom=True, length=12, sample="@@@-####"),
        F("Extras", "multi", custom=True, values="Tow bar|Winter tyres|Navigation|Heat pump|Roof box"),
        F("Owner of Record", "lookup", custom=True, to="Contacts", related="Owned Vehicles"),
        F("Damage Photos", "imageupload", custom=True, to="Image_Upload_1__s", length=10, filled=0.1),
        F("List Price", "currency", custom=True, section="value", between=(9_000, 120_000)),
        F("Market Value", "currency", custom=True, section="value", between=(3_000, 110_000)),
        F("Depreciation", "formula", custom=True, section="value", returns="currency"),
        F("Loans on It", "rollup", custom=True, section="value", rollup="Loans.id.COUNT", returns="integer"),
        F("Schwacke Code", custom=True, length=12, section="-", sample="########", filled=0.4),
    ),
)  # fmt: skip

PROPERTIES = ModuleSpec(
    "Properties", "Property", "Properties", name="CustomModule3", generated="custom", image=True, wizards=True,
      team=True, count=170,
    sections=(SectionSpec("image", "Image", 1), SectionSpec("", "Property Information"),
              SectionSpec("address", "Address"),
              SectionSpec("value", "Valuation"), SectionSpec("notes", "Description", 1)),
    layouts=(LayoutSpec("Standard", required="Property_Type"), LayoutSpec("Plot of land",
      required="Property_Type Plot_m2", without="Living_Area_m2 Rooms Year_Built Units")),
    fields=(
        F("Property Name", api="Name", mandatory=True, length=120, quick=True, card=True),
        F("Property Type", "picklist", custom=True, quick=True, filled=1,
          values="-None-|Detached house|Terraced house|Flat=>Apartment|Office|Retail unit|Warehouse|Plot of land"),
        F("Usage", "picklist", custom=True, values="-None-|Owner-occupied|Let|Vacant|Mixed"),
        F("Living Area (m²)", "double", custom=True, api="Living_Area_m2", decimals=1, between=(28, 900)),
        F("Plot (m²)", "double", custom=True, api="Plot_m2", decimals=1, between=(100, 9000)),
        F("Rooms", "double", custom=True, decimals=1, length=4, between=(1, 12)),
        F("Year Built", "integer", custom=True, length=4, between=(1880, 2024)),
        F("Energy Class", "picklist", custom=True, coloured=True,
          values="-None-|A#2e7d32|B#00a896|C#ffc75f|D#ff9671|E#d65745|F#4b4453"),
        F("Owners", "lookup", custom=True, to="Contacts", related="Owned Properties"),
        F("Interested Contacts", "multiselectlookup", custom=True, to="Contacts", via="Contacts_X_Properties",
          filled=0),
        F("Units", "subform", custom=True, to="Property_Units", section="Property_Units", filled=0.3),
        *(f for f in address()),
        F("Latitude", "double", custom=True, decimals=6, section="address", between=(25, 59)),
        F("Longitude", "double", custom=True, decimals=6, section="address", between=(-120, 20)),
        F("Purchase Price", "currency", custom=True, section="value", between=(60_000, 3_000_000)),
        F("Appraised Value", "currency", custom=True, section="value", between=(60_000, 3_000_000),
          read_only_for="sales"),
        F("Appraised On", "date", custom=True, section="value", between=(0, 60)),
        F("Value per m²", "formula", custom=True, api="Value_per_m2", section="value", returns="currency"),
        F("Land Register Extract", "fileupload", custom=True, section="value", to="File_Upload_5__s", length=1,
          filled=0.3),
        F("Photos", "imageupload", custom=True, section="image", to="Image_Upload_3__s", length=10, filled=0.2),
        F("Exposé", "rich", custom=True, api="Expose", section="notes", filled=0.4),
    ),
)  # fmt: skip

INSPECTIONS = ModuleSpec(
    "Inspections", "Inspection", "Inspections", name="CustomModule4", generated="custom", count=120,
    fields=(
        F("Inspection Name", api="Name", mandatory=True, length=120, quick=True),
        F("Inspected", "multi_module_lookup", custom=True, to="Vehicles Properties", filled=1),
        F("Inspected On", "datetime", custom=True, between=(1, 30), filled=1),
        F("Inspector", "userlookup", custom=True, filled=0.9),
        F("Result", "picklist", custom=True, coloured=True,
          values="-None-|Passed#2e7d32|Minor defects#ffc75f|Failed#d65745"),
        F("Defects Found", "integer", custom=True, between=(0, 12)),
        F("Repair Estimate", "currency", custom=True, between=(0, 25_000)),
        F("Next Inspection", "date", custom=True, between=(300, 800)),
        F("Report", "small", custom=True),
    ),
)  # fmt: skip


def hidden(api: str, singular: str, plural: str, name: str, status: str, **more: object) -> ModuleSpec:
    """A custom module that is out of use."""
    note = F("Remarks", "small", custom=True)
    spec = ModuleSpec(api, singular, plural, name=name, generated="custom", status=status,
                      fields=(F("Name", mandatory=True, length=120), F("Reference", custom=True, length=40),
                        note))  # fmt: skip
    return spec.but(**more)


def rows(api: str, singular: str, plural: str, parent: str, name: str, *fields: F) -> ModuleSpec:
    """The module of a custom subform's rows."""
    return ModuleSpec(
        api, singular, plural, name=name, generated="subform", visibility=2, parent=parent, tab=False, creatable=False,
        quick_create=False, lookupable=False, blueprint=False, searchable=False, owned=False,
        fields=(*fields, F("Parent Id", "lookup", to=parent, section="-", filled=1)),
    )  # fmt: skip


def link(api: str, left: str, right: str, name: str, named: str = "", **more: object) -> ModuleSpec:
    """The module behind a many-to-many link; `right` is "Users" for a multi-user lookup, `named` what it is called."""
    other = F(named or right, "userlookup") if right == "Users" else F(named or right, "lookup", to=right)
    spec = ModuleSpec(
        api, api.replace("_", " "), api.replace("_", " "), name=name, generated="linking",
          visibility=8194 if right == "Users" else 1,
        quick_create=False, blueprint=False, layouts=(LayoutSpec("Standard"),),
        fields=(F(left, "lookup", to=left, filled=1), other, F("Link Note", length=120, api="Link_Note", custom=True,
          filled=0)),
    )  # fmt: skip
    return spec.but(**more)


def web_tab(api: str, label: str, url: str | None, *arguments: tuple[str, str], hidden_from: str = "") -> ModuleSpec:
    """A tab that shows a page of another server."""
    return tab(api, label, hidden_from=hidden_from).but(generated="web", web_link=url, arguments=arguments)


CO_APPLICANTS = rows(
    "Co_Applicants", "Co-Applicant", "Co-Applicants", "Loans", "LinkingModule1",
    F("Applicant", "lookup", custom=True, to="Contacts", filled=1),
    F("Relationship", "picklist", custom=True, values="-None-|Spouse|Parent|Child|Business partner|Other", filled=1),
    F("Share", "percent", custom=True, between=(10, 50), filled=1),
    F("Net Income", "currency", custom=True, between=(900, 9000), hidden_from="sales read_only"),
)  # fmt: skip
UNITS = rows(
    "Property_Units", "Unit", "Units", "Properties", "LinkingModule2",
    F("Unit Name", custom=True, length=40, sample="Ground floor left|Ground floor right|First floor|Attic|Shop",
      filled=1),
    F("Area (m²)", "double", custom=True, api="Area_m2", decimals=1, between=(18, 200), filled=1),
    F("Monthly Rent", "currency", custom=True, between=(300, 4000)),
    F("Let Until", "date", custom=True, between=(100, 1500)),
)  # fmt: skip
LANGUAGES = rows(
    "Languages", "Language", "Languages", "Contacts", "LinkingModule3",
    F("Language", "picklist", custom=True, filled=1,
      values="-None-|Arabic|Dutch|English|French|German|Hebrew|Italian|Japanese|Polish|Spanish"),
    F("Proficiency", "picklist", custom=True, filled=1, values="-None-|Native|Professional|Basic"),
)  # fmt: skip

LENDING = (
    LOANS, VEHICLES, PROPERTIES, INSPECTIONS, CO_APPLICANTS, UNITS, LANGUAGES,
    tracker("Loan_Status_History", "Loan Status History", "Loans", "Status"),
    link("Contacts_X_Properties", "Contacts", "Properties", "LinkingModule4"),
    link("Loans_X_Contacts", "Loans", "Contacts", "LinkingModule5"),
    link("Loans_X_Users", "Loans", "Users", "LinkingModule6"),
    link("Deals_X_Users", "Deals", "Users", "LinkingModule7"),
    link("Services_X_Users", "Services__s", "Users", "LinkingModule8"),
    web_tab("Rate_Board", "Rate Board", "https://rates.halden-lending.example/board?desk=retail", ("user",
      "users.email"), ("branch", "users.city")),
    web_tab("Dealer_Map", "Dealer Map", None, hidden_from="sales"),
    hidden("Repairs", "Repair", "Repairs", "CustomModule5", "user_hidden", sequence=False),
    hidden("Insurance_Policies", "Insurance Policy", "Insurance Policies", "CustomModule6", "system_hidden",
      visibility=-1),
    hidden("Dealer_Bonus_2019", "Dealer Bonus 2019", "Dealer Bonuses 2019", "CustomModule7", "scheduled_for_deletion",
      visibility=0, viewable=False),
    *(upload(f"File_Upload_{n}__s", f"File Upload {n}") for n in range(1, 6)),
    *(upload(f"Image_Upload_{n}__s", f"Image Upload {n}") for n in range(1, 4)),
    tab("Leads_Insights__s", "Leads Insights", 2, presence=False),
    link("Deals_X_Properties", "Deals", "Properties", "LinkingModule9", named="Interested Listings"),
    link("Deals_X_Followers", "Deals", "Users", "LinkingModule10", named="Multi user"),
    upload("File_Upload_6__s", "File Upload 6"),
    upload("Image_Upload_4__s", "Image Upload 4"),
)  # fmt: skip
