"""What the CRM refused: every documented code as a sentence with a next step, on the field that the CRM names."""

from typing import Any

import pytest

from console.fieldforms import RecordLink, refusal, refusals
from console.fieldforms.refusal_words import SENTENCES
from crm_client.values import JsonObject
from tests.fieldforms.making import field, form, raw_field

LEADS = form(
    "Leads",
    raw_field("Last_Name", mandatory=True, label="Nachname"),
    raw_field("Company"),
    raw_field("No_of_Employees", "integer", label="Employees"),
    raw_field("Email", "email", unique={"case_sensitive": False}),
    raw_field("Mobile", "phone", unique={"case_sensitive": False}),
    raw_field("Stage", "picklist", values="Open"),
    raw_field("Pipeline", "picklist", values="Standard"),
    raw_field("Probability", "percent"),
    raw_field("Call_Duration", label="Duration"),
    raw_field("Rows", "subform", label="Items"),
    raw_field("Listings", "multiselectlookup"),
    subforms={"Rows": [field("Quantity", "integer", label="How many")]},
)


def at(name: str, **more: Any) -> JsonObject:
    return {"api_name": name, "json_path": f"$.data[0].{name}", **more}


# code, message, details -> path, words that the sentence must hold; together every row of the documentation's tables
CASES: list[tuple[str, str, JsonObject, str, str]] = [
    ("MANDATORY_NOT_FOUND", "required field not found", at("Last_Name"), "Last_Name", "“Nachname” must be filled in"),
    ("MANDATORY_NOT_FOUND", "required field not found", at("Company", layout_rule={"name": "Big ones", "id": "1"}),
     "Company", "the layout rule “Big ones” asks for it"),
    ("MANDATORY_NOT_FOUND", "required field not found", at("id"), "", "misses the key “id”"),
    ("MANDATORY_NOT_FOUND", "The required key is missing",
     {"api_name": "name", "json_path": "$.skip_feature_execution[0].name"}, "", "“skip_feature_execution” must"),
    ("INVALID_DATA", "invalid data", at("No_of_Employees", expected_data_type="integer"), "No_of_Employees",
     "“Employees” takes a whole number"),
    ("INVALID_DATA", "invalid data", at("Company", maximum_length=200), "Company", "at most 200"),
    ("INVALID_DATA", "invalid data", at("Company", minimum_length=3), "Company", "at least 3"),
    ("INVALID_DATA", "invalid data", at("Probability", range={"from": 0, "to": 100}), "Probability",
     "between 0 and 100"),
    ("INVALID_DATA", "invalid data", at("Probability", range={"from": 0}), "Probability", "must be at least 0"),
    ("INVALID_DATA", "invalid data", at("Probability", range={"to": 100}), "Probability", "must be at most 100"),
    ("INVALID_DATA", "invalid data", at("Stage", supported_values=["Open", "Won"]), "Stage", "It takes Open, Won."),
    ("INVALID_DATA", "invalid data", at("Email", regex="^a$"), "Email", "does not have the form"),
    ("INVALID_DATA", "invalid data", at("Owner", owner_status="inactive"), "Owner", "is inactive"),
    ("INVALID_DATA", "invalid data", at("Stage", mapped_field={"api_name": "Pipeline"}), "Stage", "“Pipeline”"),
    ("INVALID_DATA", "Pipeline doesn't contain the Stage", at("Stage"), "Stage", "no stage of the pipeline"),
    ("INVALID_DATA", "Layout doesn't contain the Pipeline", at("Pipeline"), "Pipeline", "no pipeline of the layout"),
    ("INVALID_DATA", "Given Probability is not valid", at("Probability"), "Probability", "must be 0 to 100"),
    ("INVALID_DATA", "Wizard connection id is invalid", at("$wizard_connection_path"), "$wizard_connection_path",
     "way through the wizard"),
    ("INVALID_DATA", "the id given seems to be invalid", at("id"), "", "knows no such record"),
    ("INVALID_DATA", "something new", at("Company"), "Company", "it says “something new”"),
    ("INVALID_DATA", "invalid data", {"api_name": "name", "json_path": "$.apply_feature_execution[0].name",
                                      "supported_values": ["layout_rules"]}, "", "It takes layout_rules."),
    ("INVALID_DATA", "invalid data", {"json_path": "$.data[3].Rows[2].Quantity", "api_name": "Quantity",
                                      "expected_data_type": "integer"}, "Rows[2].Quantity", "“How many” takes"),
    ("DEPENDENT_FIELD_MISSING", "Required field not found", at("Company", dependee=at("Stage")), "Company",
     "“Company” must be filled in when “Stage” is filled in"),
    ("DEPENDENT_FIELD_MISSING", "Required field not found", {"dependee": at("Stage")}, "", "“Stage” needs another"),
    ("DEPENDENT_FIELD_MISSING", "Wizard path is missing", {"dependee": at("Wizard")}, "", "way taken through it"),
    ("DEPENDENT_FIELD_MISSING", "Required field not found", {}, "", "missing beside another"),
    ("DEPENDENT_MISMATCH", "Call Duration can not be zero.", at("Call_Duration"), "Call_Duration",
     "“Duration” cannot be"),
    ("DEPENDENT_MISMATCH", "Unavailable Till must be greater", at("Company", dependee=at("Stage")), "Company",
     "contradicts “Stage”"),
    ("MAPPING_MISMATCH", "mismatch", at("Stage", mapped_field={"api_name": "Pipeline"}), "Stage", "“Pipeline”"),
    ("EXPECTED_FIELD_MISSING", "x", {"expected_fields": [{"api_name": "Email"}, {"api_name": "Mobile"}]}, "",
     "One of “Email”, “Mobile” must"),
    ("DEPENDENT_SERVICE_ERROR", "Error", {"dependency_error": "NO_PERMISSION"}, "", "may not use the service"),
    ("DEPENDENT_SERVICE_ERROR", "Error", {"dependency_error": "LIMIT_EXCEEDED"}, "", "at most 100 records"),
    ("DEPENDENT_SERVICE_ERROR", "Error", {"dependency_error": "PROCESSING_ERROR"}, "", "failed"),
    ("DUPLICATE_DATA", "duplicate data", at("Email", more_records=True, duplicate_record={
        "id": "2008662000006256222", "Owner": {"name": "Patricia Boyle", "id": "1"}}), "Email", "“Patricia Boyle”"),
    ("DUPLICATE_LINKING_DATA", "Duplicate association", at("Listings"), "Listings", "the same record twice"),
    ("MULTIPLE_OR_MULTI_ERRORS", "Duplicate data in multiple fields", {}, "", "Several fields"),
    ("LIMIT_EXCEEDED", "Only 50 participants can be added to an event.", {}, "", "at most 50 participants"),
    ("LIMIT_EXCEEDED", "count of records exceeds", {"maximum_length": 100, "api_name": "data"}, "",
     "at most 100 records"),
    ("LIMIT_EXCEEDED", "too much", {}, "", "“too much”"),
    ("LIMIT_REACHED", "too much", at("Listings", limit=5), "Listings", "at most 5 entries"),
    ("RECORD_LOCKED", "locked", at("id", action="record_locking"), "", "is locked"),
    ("ALREADY_MODIFIED", "passed", {"Modified_By": {"name": "Bob", "id": "1"}, "Modified_Time": "2023-06-04T12:00:24"},
     "", "changed this record by “Bob” at 2023-06-04T12:00:24"),
    ("NOT_APPROVED", "x", {}, "", "waits for approval"),
    ("NOT_REVIEWED", "x", {}, "", "in review"),
    ("RECORD_IN_BLUEPRINT", "x", at("Stage"), "Stage", "running blueprint"),
    ("AMBIGUITY_DURING_PROCESSING", "x", {"ambiguity_due_to": [{"param_name": "cvid"}, {"param_name": "word"}]}, "",
     "“cvid”, “word”"),
    ("INVALID_MODULE", "the module name given seems to be invalid", {"resource_path_index": 0}, "", "no such module"),
    ("AUTHORIZATION_FAILED", "User does not have sufficient privilege", {}, "", "lacks the privilege"),
    ("NO_PERMISSION", "permission denied", {"permissions": ["Crm_Implied_Create_Leads"]}, "",
     "Crm_Implied_Create_Leads"),
    ("OAUTH_SCOPE_MISMATCH", "Unauthorized", {}, "", "not granted the scope"),
    ("INTERNAL_ERROR", "Internal Server Error", {}, "", "failed while working"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "details", "path", "words"), CASES)
def test_a_refusal_names_the_field_says_what_happened_and_what_to_do(
    code: str, message: str, details: JsonObject, path: str, words: str
) -> None:
    problem = refusal(LEADS, code, message, details)
    assert problem.path == path
    assert words in problem.sentence
    assert f"({code})" in problem.text
    assert problem.next_step.endswith(".")
    assert problem.rule == code


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize("details", [{}, at("Company"), at("Rows[0].Quantity"), {"api_name": 7, "json_path": None}])
def test_every_code_has_a_sentence_whatever_its_details(code: str, details: JsonObject) -> None:
    problem = refusal(LEADS, code, "", details)
    assert problem.text.endswith(f"({code})")
    assert problem.next_step
    assert "““" not in problem.text
    assert "“”" not in problem.text


def test_a_duplicate_links_to_the_record_that_holds_the_value() -> None:
    held = {
        "Owner": {"name": "P", "id": "1"},
        "module": {"api_name": "Contacts", "id": "2"},
        "id": "4881139000000428295",
    }
    assert refusal(LEADS, "DUPLICATE_DATA", "", at("Email", duplicate_record=held)).record == RecordLink(
        "Contacts", "4881139000000428295"
    )
    del held["module"]
    assert refusal(LEADS, "DUPLICATE_DATA", "", at("Email", duplicate_record=held)).record == RecordLink(
        "Leads", "4881139000000428295"
    )
    hostile = {"module": {"api_name": "../users"}, "id": "1 or 1"}
    assert refusal(LEADS, "DUPLICATE_DATA", "", at("Email", duplicate_record=hostile)).record is None


def test_several_errors_become_one_problem_each_on_their_own_fields() -> None:
    errors = [
        {"code": "DUPLICATE_DATA", "details": at(name), "message": "", "status": "error"}
        for name in ("Email", "Mobile")
    ]
    found = refusals(LEADS, {"code": "MULTIPLE_OR_MULTI_ERRORS", "details": {"errors": errors}, "message": ""}, row=7)
    assert [(problem.row, problem.path) for problem in found] == [(7, "Email"), (7, "Mobile")]
    assert found[0].sentence.startswith("Row 7: “Email” must be unique")


def test_an_unknown_code_is_shown_for_what_it_is() -> None:
    problem = refusal(LEADS, "QUANTUM_FLUX", "the flux is wrong", at("Company"))
    assert problem.sentence.startswith(
        "The CRM refused this for “Company”, and says “the flux is wrong”. (QUANTUM_FLUX)"
    )
    assert refusal(LEADS, "", "", {}).text == "The CRM refused this. (no code)"


@pytest.mark.parametrize(
    "details", [{}, {"errors": [{"code": "MULTIPLE_OR_MULTI_ERRORS", "details": {"errors": [{}]}}]}]
)
def test_errors_inside_errors_are_followed_one_level(details: JsonObject) -> None:
    assert len(refusals(LEADS, {"code": "MULTIPLE_OR_MULTI_ERRORS", "details": details})) == 1


def test_a_refusal_lands_on_its_input_even_in_a_row_that_moved() -> None:
    posted = {
        "Rows-order": ["", "3", "8", "5"], "Rows-3-Quantity": ["1"], "Rows-8-Quantity": [""], "Rows-5-Quantity": ["7"],
    }  # fmt: skip
    reading = LEADS.read(posted)
    assert reading.values["Rows"] == [{"Quantity": 1}, {"Quantity": 7}]
    problem = refusal(LEADS, "INVALID_DATA", "", {"json_path": "$.data[0].Rows[1].Quantity", "maximum_length": 1})
    shown = LEADS.answered(reading, [problem])
    assert shown.by_name["Rows-5-Quantity"].problems == [problem]
    assert shown.summary == [("f-Rows-5-Quantity", problem)]
