"""Values of records: what each type of field takes, how it is kept, and how a wrong one is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crm_client.standin import StandIn
from crm_client.standin.write_values import PHONE, WEBSITE, is_email
from tests.standin.writing import Clerk, codes


@pytest.fixture(scope="module")
def alice() -> Iterator[Clerk]:
    """One organisation for all of them: the records do not disturb each other."""
    with StandIn() as running:
        yield Clerk(running)


WRONG: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("Leads", "Company", 5, {"expected_data_type": "text"}),
    ("Leads", "Company", "x" * 201, {"maximum_length": 200}),
    ("Leads", "Last_Name", ["Daly"], {"expected_data_type": "text"}),
    ("Leads", "Email", "p.daly@zylker", {"expected_data_type": "email"}),
    ("Leads", "Email", "x" * 95 + "@x.com", {"maximum_length": 100}),
    ("Leads", "Phone", "(555) 555 5555", {"expected_data_type": "phone"}),
    ("Leads", "Phone", "5" * 31, {"maximum_length": 30}),
    ("Leads", "Website", "http://localhost", {"expected_data_type": "website"}),
    ("Leads", "Description", "x" * 32_001, {"maximum_length": 32_000}),
    ("Leads", "Meeting_Protocol", "x" * 50_001, {"maximum_length": 50_000}),
    ("Leads", "Lead_Source", 1, {"expected_data_type": "picklist"}),
    ("Leads", "Lead_Source", "x" * 121, {"maximum_length": 120}),
    ("Leads", "Products_of_Interest", "Leasing", {"expected_data_type": "jsonarray"}),
    ("Leads", "Products_of_Interest", ["x" * 600, "y" * 600], {"maximum_length": 1000}),
    ("Leads", "No_of_Employees", "250", {"expected_data_type": "integer"}),
    ("Leads", "No_of_Employees", 1.5, {"expected_data_type": "integer"}),
    ("Leads", "No_of_Employees", True, {"expected_data_type": "integer"}),
    ("Leads", "No_of_Employees", 1_234_567_890, {"maximum_length": 9}),
    ("Leads", "Score", 123_456, {"maximum_length": 5}),
    ("Accounts", "Account_Number", 12, {"expected_data_type": "bigint"}),
    ("Accounts", "Account_Number", "1" * 19, {"maximum_length": 18}),
    ("Leads", "Annual_Revenue", "12", {"expected_data_type": "currency"}),
    ("Leads", "Annual_Revenue", 1e16, {"maximum_length": 16}),
    ("Leads", "Annual_Revenue", 1.234, {"limit": 2}),
    ("Deals", "Interest_Rate", 1.2345, {"limit": 3}),
    ("Deals", "Margin", 123456, {"maximum_length": 5}),
    ("Leads", "Callback_Requested", "true", {"expected_data_type": "boolean"}),
    ("Leads", "Callback_Requested", 1, {"expected_data_type": "boolean"}),
    ("Leads", "Consent_Date", "2025-02-30", {"expected_data_type": "date"}),
    ("Leads", "Consent_Date", "30.01.2025", {"expected_data_type": "date"}),
    ("Deals", "Decision_Expected", "2025-01-30T10:00:00", {"expected_data_type": "datetime"}),
    ("Deals", "Decision_Expected", "2025-01-30T10:00:00.000+00:00", {"expected_data_type": "datetime"}),
    ("Deals", "Account_Name", "5590641000000280001", {"expected_data_type": "jsonobject"}),
    ("Leads", "Owner", "Bob", {"expected_data_type": "jsonobject"}),
    ("Leads", "Tag", "VIP", {"expected_data_type": "jsonarray"}),
    ("Deals", "File_Upload", {"File_Id__s": "x"}, {"expected_data_type": "jsonarray"}),
]


@pytest.mark.parametrize(("module", "name", "value", "said"), WRONG)
def test_a_wrong_value_is_named_with_what_would_be_right(
    alice: Clerk, module: str, name: str, value: Any, said: dict[str, Any]
) -> None:
    needed = {
        "Leads": {"Last_Name": "X"},
        "Accounts": {"Account_Name": "Only here"},
        "Deals": {"Deal_Name": "X", "Pipeline": "Standard (Standard)", "Stage": "Qualification"},
    }[module]
    code, details = alice.why(module, needed | {name: value})
    assert (code, details) == ("INVALID_DATA", {**said, "api_name": name, "json_path": f"$.data[0].{name}"})


def test_right_values_are_kept_as_the_crm_keeps_them(alice: Clerk) -> None:
    values = {
        "Last_Name": "Ö'Brien 日本",
        "Email": "p+daly_1@zylker.co.uk",
        "Phone": "+91 9900000000",
        "Website": "zylker.com/path?x=1",
        "Products_of_Interest": ["Leasing", "Leasing", "Insurance"],
        "No_of_Employees": -250,
        "Annual_Revenue": 250000.9,
        "Callback_Requested": True,
        "Consent_Date": "2025-01-30",
        "Description": "line 1\nline 2",
        "Tag": [{"name": "VIP"}],
        "Rating": "-None-",
    }
    record = alice.read("Leads", alice.new("Leads", **values))
    kept = values | {"Products_of_Interest": ["Leasing", "Insurance"], "Rating": None}
    assert {name: record[name] for name in kept if name != "Tag"} == {n: v for n, v in kept.items() if n != "Tag"}
    assert record["Tag"][0]["name"] == "VIP"
    assert (
        alice.read("Accounts", alice.new("Accounts", Account_Name="Zeros", Account_Number="0012345600012"))[
            "Account_Number"
        ]
        == "0012345600012"
    )
    assert alice.read("Leads", alice.new("Leads", Last_Name="X", Annual_Revenue=5))["Annual_Revenue"] == 5


def test_times_are_kept_in_the_zone_of_the_organisation(alice: Clerk) -> None:
    deal = {"Deal_Name": "X", "Pipeline": "Standard (Standard)", "Stage": "Qualification"}
    id_ = alice.new("Deals", **deal, Decision_Expected="2025-01-30T20:00:00+05:30")
    assert alice.read("Deals", id_)["Decision_Expected"] == "2025-01-30T09:30:00-05:00"


def test_a_value_that_a_picklist_does_not_have_is_added(alice: Clerk) -> None:
    alice.get("/settings/fields?module=Leads")  # the old answer must not be served again
    id_ = alice.new("Leads", Last_Name="X", Lead_Source="Podcast", Products_of_Interest=["Yacht"])
    assert alice.read("Leads", id_)["Lead_Source"] == "Podcast"
    fields = {
        one["api_name"]: one for one in Clerk(alice.standin).get("/settings/fields?module=Leads").json()["fields"]
    }
    for name, value in (("Lead_Source", "Podcast"), ("Products_of_Interest", "Yacht")):
        added = fields[name]["pick_list_values"][-1]
        assert (added["actual_value"], added["display_value"], added["type"]) == (value, value, "used")
        numbers = [one["sequence_number"] for one in fields[name]["pick_list_values"]]
        assert numbers == sorted(set(numbers))
    on_layout = [
        [value["actual_value"] for value in one["pick_list_values"]].count("Podcast")
        for layout in alice.get("/settings/layouts?module=Leads").json()["layouts"]
        for section in layout["sections"]
        for one in section["fields"]
        if one["api_name"] == "Lead_Source"
    ]
    assert set(on_layout) == {1}
    alice.insert("Leads", {"Company": "refused", "Lead_Source": "Never"})
    assert "Never" not in str(alice.organisation.fields["Leads"])


def test_references_lead_to_what_exists(alice: Clerk) -> None:
    account = alice.first("Accounts")
    name = alice.read("Accounts", account["id"])["Account_Name"]
    deal = {"Deal_Name": "X", "Pipeline": "Standard (Standard)", "Stage": "Qualification"}
    record = alice.read("Deals", alice.new("Deals", **deal, Account_Name=account))
    assert record["Account_Name"] == {"name": name, "id": account["id"]}
    place = {"api_name": "Account_Name", "json_path": "$.data[0].Account_Name.id"}
    assert alice.why("Deals", deal | {"Account_Name": {"id": "123"}}) == ("INVALID_DATA", place)
    assert alice.why("Deals", deal | {"Account_Name": {"name": name}}) == ("MANDATORY_NOT_FOUND", place)
    contact = alice.first("Contacts")
    assert alice.why("Deals", deal | {"Account_Name": contact})[0] == "INVALID_DATA"  # a record of another module
    vehicle = alice.first("Vehicles")
    record = alice.read("Deals", alice.new("Deals", **deal, Collateral=vehicle))
    assert (record["Collateral"]["id"], record["Collateral"]["module"]["api_name"]) == (vehicle["id"], "Vehicles")
    assert alice.why("Deals", deal | {"Collateral": {**vehicle, "module": "Leads"}})[1]["supported_values"] == [
        "Properties",
        "Vehicles",
    ]


def test_owners_are_active_users(alice: Clerk) -> None:
    bob = alice.organisation.user("bob")
    record = alice.read("Leads", alice.new("Leads", Last_Name="X", Owner={"id": bob["id"]}))
    assert record["Owner"] == {"name": "Bob Okafor", "id": bob["id"], "email": bob["email"]}
    assert alice.why("Leads", {"Last_Name": "X", "Owner": {"id": "1"}})[1]["owner_status"] == "not_crm_user"
    bob["status"] = "inactive"
    assert alice.why("Leads", {"Last_Name": "X", "Owner": {"id": bob["id"]}})[1]["owner_status"] == "inactive"
    bob["status"] = "active"


def test_uploads_are_named_once_they_were_sent(alice: Clerk) -> None:
    uploads = alice.standin.world.uploads
    ids = [uploads.add("demo", f"{n}.png", b"x" * n) for n in range(1, 13)]
    deal = {"Deal_Name": "X", "Pipeline": "Standard (Standard)", "Stage": "Qualification"}
    id_ = alice.new("Deals", **deal, File_Upload=[{"File_Id__s": one} for one in ids[:2]])
    files = alice.read("Deals", id_)["File_Upload"]
    assert [(one["File_Name__s"], one["Size__s"]) for one in files] == [("1.png", "1"), ("2.png", "2")]
    change = [{"File_Id__s": ids[2]}, {"id": files[0]["id"], "_delete": None}]
    assert codes(alice.update("Deals", {"id": id_, "File_Upload": change})) == ["SUCCESS"]
    assert [one["File_Name__s"] for one in alice.read("Deals", id_)["File_Upload"]] == ["2.png", "3.png"]
    code, details = alice.why("Deals", deal | {"File_Upload": [{"File_Id__s": "2cxx"}]})
    assert (code, details["json_path"]) == ("INVALID_DATA", "$.data[0].File_Upload[0].File_Id__s")
    many = [{"File_Id__s": one} for one in ids[:6]]
    assert alice.why("Deals", deal | {"File_Upload": many})[1]["maximum_length"] == 5


def test_links_are_added_taken_away_and_never_double(alice: Clerk) -> None:
    properties = [{"id": one["id"]} for one in alice.organisation.records["Properties"][:3]]
    users = [{"id": one["id"]} for one in alice.organisation.users[:2]]
    deal = {"Deal_Name": "X", "Pipeline": "Standard (Standard)", "Stage": "Qualification"}
    rows = [{"Interested_Listings": one} for one in properties[:2]]
    id_ = alice.new("Deals", **deal, Listings=rows, Multi_user=[{"Multi_user": one} for one in users])
    record = alice.read("Deals", id_)
    assert [row["Interested_Listings"]["id"] for row in record["Listings"]] == [one["id"] for one in properties[:2]]
    assert [row["Multi_user"]["name"] for row in record["Multi_user"]] == ["Alice Moreau", "Bob Okafor"]
    first = record["Listings"][0]["id"]
    linking = alice.get(f"/Deals_X_Properties/{first}").json()["data"][0]
    assert (linking["Deals"]["id"], linking["Interested_Listings"]["id"]) == (id_, properties[0]["id"])
    change = [{"Interested_Listings": properties[2]}, {"id": first, "_delete": None}]
    assert codes(alice.update("Deals", {"id": id_, "Listings": change})) == ["SUCCESS"]
    left = [row["Interested_Listings"]["id"] for row in alice.read("Deals", id_)["Listings"]]
    assert left == [one["id"] for one in properties[1:]]
    assert alice.get(f"/Deals_X_Properties/{first}").status_code == 204
    twice = {"id": id_, "Listings": [{"Interested_Listings": properties[1]}]}
    assert codes(alice.update("Deals", twice)) == ["DUPLICATE_LINKING_DATA"]
    missing = {"id": id_, "Listings": [{"id": "1", "_delete": None}]}
    assert codes(alice.update("Deals", missing)) == ["INVALID_DATA"]


def test_a_multi_select_picklist_is_replaced_unless_it_is_to_be_added_to(alice: Clerk) -> None:
    id_ = alice.new("Leads", Last_Name="X", Products_of_Interest=["Leasing"])

    def after(value: list[str], **more: Any) -> list[str]:
        alice.update("Leads", {"id": id_, "Products_of_Interest": value, **more})
        listed: list[str] = alice.read("Leads", id_)["Products_of_Interest"]
        return listed

    assert after(["Insurance"]) == ["Insurance"]
    assert after(["Mortgage"], **{"$append_values": {"Products_of_Interest": True}}) == ["Insurance", "Mortgage"]
    assert after(["Leasing"], **{"$append_values": {"Products_of_Interest": False}}) == ["Leasing"]


def test_subform_rows_are_added_changed_and_removed(alice: Clerk) -> None:
    english, french = ({"Language": name, "Proficiency": "Native"} for name in ("English", "French"))
    id_ = alice.new("Contacts", Last_Name="X", Languages=[english, french])
    first, second = alice.read("Contacts", id_)["Languages"]
    assert (first["Language"], first["Parent_Id"]["id"]) == ("English", id_)
    assert alice.read("Languages", first["id"])["Parent_Id"]["id"] == id_

    def languages(rows: Any) -> list[tuple[str, str]]:
        answer = alice.update("Contacts", {"id": id_, "Languages": rows})
        assert codes(answer) == ["SUCCESS"], answer.text
        return [(row["Language"], row["Proficiency"]) for row in alice.read("Contacts", id_)["Languages"]]

    assert languages([{"Language": "Dutch"}]) == [("English", "Native"), ("French", "Native"), ("Dutch", None)]
    assert languages([{"id": second["id"], "Proficiency": "Basic"}])[1] == ("French", "Basic")
    assert languages([{"id": first["id"], "_delete": None}]) == [("French", "Basic"), ("Dutch", None)]
    assert alice.get(f"/Languages/{first['id']}").status_code == 204
    wrong = alice.update("Contacts", {"id": id_, "Languages": [{}, {"Language": 5}]}).json()["data"][0]
    assert wrong["details"]["json_path"] == "$.data[0].Languages[1].Language"
    assert codes(alice.update("Contacts", {"id": id_, "Languages": [{"id": "1"}]})) == ["INVALID_DATA"]
    assert languages([]) == []
    assert alice.get(f"/Languages/{second['id']}").status_code == 204
    many = [dict(english)] * 26  # the layout takes 25
    assert alice.why("Contacts", {"Last_Name": "X", "Languages": many})[0] == "LIMIT_EXCEEDED"


def test_rows_and_links_go_with_their_record(alice: Clerk) -> None:
    id_ = alice.new("Contacts", Last_Name="X", Languages=[{"Language": "English"}],
                    Interested_Properties=[{"Properties": alice.first("Properties")}])  # fmt: skip
    record = alice.read("Contacts", id_)
    row, link = record["Languages"][0]["id"], record["Interested_Properties"][0]["id"]
    assert alice.get(f"/Contacts_X_Properties/{link}").status_code == 200
    alice.delete("Contacts", id_)
    assert alice.get(f"/Languages/{row}").status_code == alice.get(f"/Contacts_X_Properties/{link}").status_code == 204


def test_an_order_adds_up(alice: Clerk) -> None:
    product = alice.organisation.records["Products"][0]
    items = [
        {"Product_Name": {"id": product["id"]}, "Quantity": 3, "List_Price": 10.5, "Discount": 1.5,
         "Line_Tax": [{"name": "Vat", "percentage": 10}]},
        {"Product_Name": {"id": product["id"]}, "Quantity": 2},
    ]  # fmt: skip
    id_ = alice.new(
        "Quotes", Subject="Q", Quoted_Items=items, Adjustment=-1, **{"$line_tax": [{"name": "T", "percentage": 1}]}
    )
    quote = alice.read("Quotes", id_)
    first, second = quote["Quoted_Items"]
    sums = ("Total", "Total_After_Discount", "Tax", "Net_Total", "Sequence_Number")
    assert tuple(first[name] for name in sums) == (31.5, 30.0, 3.0, 33.0, 1)
    assert (second["List_Price"], second["Net_Total"]) == (product["Unit_Price"], round(product["Unit_Price"] * 2, 2))
    assert quote["Sub_Total"] == round(33 + second["Net_Total"], 2)
    assert quote["Grand_Total"] == round(quote["Sub_Total"] + quote["Tax"] - 1, 2)
    assert quote["Quote_Number"] == f"Q-{181:05d}"
    alice.update("Quotes", {"id": id_, "Quoted_Items": [{"id": second["id"], "_delete": None}]})
    assert alice.read("Quotes", id_)["Sub_Total"] == 33.0
    code, details = alice.why("Quotes", {"Subject": "Q", "Quoted_Items": [{"Quantity": 1}]})
    assert (code, details["json_path"]) == ("MANDATORY_NOT_FOUND", "$.data[0].Quoted_Items[0].Product_Name")
    assert alice.why("Quotes", {"Subject": "Q"})[1]["api_name"] == "Quoted_Items"


def test_a_price_book_sets_the_price_of_a_quantity(alice: Clerk) -> None:
    ranges = [{"from_range": 1, "to_range": 10, "discount": 0}, {"from_range": 11, "to_range": 99, "discount": 50}]
    book = alice.new("Price_Books", Price_Book_Name="Half", Pricing_Details=ranges, Layout=alice.layout("Price_Books"))
    product = alice.organisation.records["Products"][0]
    row = {"Product_Name": {"id": product["id"]}, "Quantity": 20, "Price_Book_Name": {"id": book}}
    (item,) = alice.read("Quotes", alice.new("Quotes", Subject="Q", Quoted_Items=[row]))["Quoted_Items"]
    assert item["List_Price"] == round(product["Unit_Price"] / 2, 2)
    assert alice.why("Price_Books", {"Price_Book_Name": "None"})[1]["api_name"] == "Pricing_Details"


@pytest.mark.parametrize(
    ("text", "right"),
    [("p.boyle@zylker.com", True), ("ü-1@x-y.de", True), ("+a@b.co", True), ("p.boyle", False), ("a@b", False),
     ("a b@c.de", False), ("@c.de", False), (".a@c.de", False), ("a@-c.de", False), ("a@c.d3", False),
     ("a@@c.de", False)],
)  # fmt: skip
def test_addresses(text: str, right: bool) -> None:
    assert is_email(text) is right


@pytest.mark.parametrize("text", ["9900000000", "+91 9900000000", "555-555-5555", "5551234;12"])
def test_telephone_numbers(text: str) -> None:
    assert PHONE.fullmatch(text)
    assert not PHONE.fullmatch(f"({text})")


@pytest.mark.parametrize("text", ["https://www.zylker.com", "www.zylker.com", "zylker.com/path?x=1", "ftp://a.b"])
def test_web_addresses(text: str) -> None:
    assert WEBSITE.fullmatch(text)
    assert not WEBSITE.fullmatch(text.replace(".", ""))
