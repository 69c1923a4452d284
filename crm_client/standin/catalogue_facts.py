"""The rest of the documented API: paths, verbs, scopes and prices as facts, for `--catalogue full`.

Nothing here is served: each call of these answers INVALID_URL_PATTERN until a route of its own takes its place. The
prices are those of the limits page and of the page of each call; most calls cost 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer
from crm_client.standin.routing import Route

_OPERATIONS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "PATCH": "UPDATE", "DELETE": "DELETE"}

# Of every module with records. Verbs and path; then the scope's operation where it is not the verb's own, or a whole
# scope; then lowest and highest price.
_OF_A_MODULE: list[tuple[str, str, str, int, int]] = [
    ("GET", "", "", 1, 3),
    ("POST PUT", "", "", 1, 10),
    ("DELETE", "", "", 1, 1),
    ("GET PUT DELETE", "/{id}", "", 1, 1),
    ("POST", "/upsert", "", 1, 10),
    ("GET", "/search", "", 1, 1),
    ("GET", "/deleted", "", 2, 2),
    ("GET", "/actions/count", "", 50, 50),
    ("POST", "/actions/add_tags", "UPDATE", 1, 50),
    ("POST", "/actions/remove_tags", "UPDATE", 1, 50),
    ("POST", "/{id}/actions/add_tags", "UPDATE", 1, 1),
    ("POST", "/{id}/actions/remove_tags", "UPDATE", 1, 1),
    ("POST", "/{id}/actions/clone", "", 1, 1),
    ("GET PUT", "/{id}/actions/blueprint", "", 1, 1),
    ("GET", "/{id}/actions/merge", "", 1, 1),
    ("POST", "/{id}/actions/merge", "", 50, 50),
    ("GET", "/{id}/actions/fetch_full_data", "", 1, 1),
    ("GET", "/{id}/actions/download_fields_attachment", "", 1, 1),
    ("GET", "/{id}/__emails_sharing_details", "", 1, 1),
    ("GET", "/{id}/__timeline", "", 1, 1),
    ("GET", "/{id}/Emails", "", 1, 1),
    ("GET", "/{id}/Emails/{email}", "", 1, 1),
    ("GET DELETE POST", "/{id}/photo", "", 1, 1),
    ("POST GET PUT DELETE", "/{id}/Attachments", "", 1, 1),
    ("GET DELETE", "/{id}/Attachments/{attachment}", "", 1, 1),
    ("GET POST PUT DELETE", "/{id}/Notes", "", 1, 1),
    ("GET PUT DELETE", "/{id}/Notes/{note}", "", 1, 1),
    ("GET PUT DELETE", "/{id}/{related_list}", "", 1, 1),
    ("GET PUT DELETE", "/{id}/{related_list}/{related}", "", 1, 1),
    ("GET POST PUT DELETE", "/{id}/Locking_Information__s", "", 1, 1),
    ("GET PUT DELETE", "/{id}/Locking_Information__s/{lock}", "", 1, 1),
    ("POST", "/actions/assign_territories", "UPDATE", 1, 1),
    ("POST", "/actions/remove_territories", "UPDATE", 1, 1),
    ("POST", "/{id}/actions/assign_territories", "UPDATE", 1, 1),
    ("POST", "/{id}/actions/remove_territories", "UPDATE", 1, 1),
    ("GET POST PUT DELETE", "/{id}/actions/share", "ZohoCRM.share.{item}.", 1, 1),
    ("POST PUT", "/{id}/actions/send_mail", "ZohoCRM.send_mail.{item}.CREATE", 20, 20),
    ("POST", "/actions/mass_update", "ZohoCRM.mass_update.{item}.UPDATE", 1, 1),
    ("GET", "/actions/mass_update", "ZohoCRM.mass_update.{item}.READ", 1, 1),
    ("POST", "/actions/mass_delete", "ZohoCRM.mass_delete.{item}.DELETE", 1, 500),
    ("GET", "/actions/mass_delete", "ZohoCRM.mass_delete.{item}.READ", 1, 1),
    ("POST", "/actions/mass_change_owner", "ZohoCRM.change_owner.CREATE", 1, 1),
    ("GET", "/actions/mass_change_owner", "ZohoCRM.change_owner.READ", 1, 1),
    ("POST", "/actions/change_owner", "ZohoCRM.change_owner.CREATE", 1, 1),
    ("POST", "/{id}/actions/change_owner", "ZohoCRM.change_owner.CREATE", 1, 1),
]

_LEADS: list[tuple[str, str, str, int, int]] = [
    ("POST", "/Leads/{id}/actions/convert", "ZohoCRM.modules.leads.CREATE", 5, 5),
    ("GET", "/Leads/{id}/__conversion_options", "ZohoCRM.modules.leads.READ", 1, 1),
    ("POST", "/Leads/actions/mass_convert", "ZohoCRM.mass_convert.leads.CREATE", 1, 1),
    ("GET", "/Leads/actions/mass_convert", "ZohoCRM.mass_convert.leads.READ", 1, 1),
]

_ALONE: list[tuple[str, str, str, int, int]] = [
    ("GET POST PUT DELETE", "/Notes", "ZohoCRM.modules.notes.", 1, 1),
    ("GET PUT DELETE", "/Notes/{id}", "ZohoCRM.modules.notes.", 1, 1),
    ("POST", "/files", "ZohoCRM.Files.CREATE", 1, 1),
    ("GET", "/files", "ZohoCRM.Files.READ", 1, 1),
    ("POST", "/coql", "ZohoCRM.coql.READ", 1, 3),
    ("POST", "/__composite_requests", "ZohoCRM.composite_requests.CUSTOM", 1, 2),
    ("GET", "/__features", "ZohoCRM.features.READ", 1, 1),
    ("GET", "/__features/{id}", "ZohoCRM.features.READ", 1, 1),
    ("GET POST PUT PATCH DELETE", "/actions/watch", "ZohoCRM.notifications.", 1, 1),
    ("GET PUT", "/org", "ZohoCRM.org.", 1, 1),
    ("GET POST DELETE", "/org/photo", "ZohoCRM.org.", 1, 1),
    ("GET POST PUT PATCH", "/org/currencies", "ZohoCRM.settings.currencies.", 1, 1),
    ("GET PUT", "/org/currencies/{id}", "ZohoCRM.settings.currencies.", 1, 1),
    ("GET POST PUT", "/users", "ZohoCRM.users.", 1, 1),
    ("GET PUT DELETE", "/users/{id}", "ZohoCRM.users.", 1, 1),
    ("GET", "/users/actions/count", "ZohoCRM.users.READ", 1, 1),
    ("GET PUT DELETE", "/users/{id}/territories", "ZohoCRM.users.", 1, 1),
    ("POST", "/bulk/read", "ZohoCRM.bulk.READ", 50, 50),
    ("GET", "/bulk/read/{id}", "ZohoCRM.bulk.READ", 1, 1),
    ("GET", "/bulk/read/{id}/result", "ZohoCRM.bulk.READ", 1, 1),
    ("POST", "/bulk/write", "ZohoCRM.bulk.CREATE", 500, 500),
    ("GET", "/bulk/write/{id}", "ZohoCRM.bulk.READ", 1, 1),
    ("GET POST", "/bulk/backup", "ZohoCRM.bulk.backup.", 1, 1),
    ("GET", "/bulk/backup/urls", "ZohoCRM.bulk.backup.READ", 1, 1),
    ("GET", "/bulk/backup/history", "ZohoCRM.bulk.backup.READ", 1, 1),
    ("PUT", "/bulk/backup/{id}/actions/cancel", "ZohoCRM.bulk.backup.ALL", 1, 1),
    ("POST PUT", "/settings/modules", "ZohoCRM.settings.modules.", 500, 500),
    ("PUT", "/settings/modules/{id}", "ZohoCRM.settings.modules.UPDATE", 1, 1),
    ("POST PATCH", "/settings/fields", "ZohoCRM.settings.fields.", 1, 1),
    ("PATCH DELETE", "/settings/fields/{id}", "ZohoCRM.settings.fields.", 1, 1),
    ("GET", "/settings/fields/{id}/pick_list_values", "ZohoCRM.settings.fields.READ", 1, 1),
    ("PATCH DELETE", "/settings/layouts/{id}", "ZohoCRM.settings.layouts.", 1, 1),
    ("POST", "/settings/layouts/{id}/actions/activate", "ZohoCRM.settings.layouts.CREATE", 1, 1),
    ("GET POST", "/settings/layouts/{id}/map_dependency", "ZohoCRM.settings.map_dependency.", 1, 1),
    ("GET PUT DELETE", "/settings/layouts/{id}/map_dependency/{dependency}", "ZohoCRM.settings.map_dependency.", 1, 1),
    ("GET POST PUT", "/settings/pipeline", "ZohoCRM.settings.pipeline.", 1, 1),
    ("GET PUT", "/settings/pipeline/{id}", "ZohoCRM.settings.pipeline.", 1, 1),
    ("POST", "/settings/pipeline/{id}/actions/transfer", "ZohoCRM.settings.pipeline.CREATE", 1, 1),
    ("GET", "/settings/related_lists", "ZohoCRM.settings.related_lists.READ", 1, 1),
    ("GET POST PUT PATCH DELETE", "/settings/custom_views", "ZohoCRM.settings.custom_views.", 1, 1),
    ("GET PUT DELETE", "/settings/custom_views/{id}", "ZohoCRM.settings.custom_views.", 1, 1),
    ("GET", "/settings/wizards", "ZohoCRM.settings.wizards.READ", 1, 1),
    ("GET", "/settings/wizards/{id}", "ZohoCRM.settings.wizards.READ", 1, 1),
    ("GET", "/settings/automation/assignment_rules", "ZohoCRM.settings.assignment_rules.READ", 1, 1),
    ("GET", "/settings/automation/assignment_rules/{id}", "ZohoCRM.settings.assignment_rules.READ", 1, 1),
    ("GET POST PUT DELETE", "/settings/profiles", "ZohoCRM.settings.profiles.", 1, 1),
    ("GET PUT DELETE", "/settings/profiles/{id}", "ZohoCRM.settings.profiles.", 1, 1),
    ("GET POST PUT", "/settings/roles", "ZohoCRM.settings.roles.", 1, 1),
    ("GET PUT DELETE", "/settings/roles/{id}", "ZohoCRM.settings.roles.", 1, 1),
    ("GET POST PUT DELETE", "/settings/territories", "ZohoCRM.settings.territories.", 1, 1),
    ("GET PUT DELETE", "/settings/territories/{id}", "ZohoCRM.settings.territories.", 1, 1),
    ("GET POST PUT", "/settings/tags", "ZohoCRM.settings.tags.", 1, 1),
    ("PUT DELETE", "/settings/tags/{id}", "ZohoCRM.settings.tags.", 1, 1),
    ("POST", "/settings/tags/{id}/actions/merge", "ZohoCRM.settings.tags.CREATE", 1, 1),
    ("GET", "/settings/tags/{id}/actions/records_count", "ZohoCRM.settings.tags.READ", 1, 1),
    ("GET POST PUT DELETE", "/settings/variables", "ZohoCRM.settings.variables.", 1, 1),
    ("GET PUT DELETE", "/settings/variables/{id}", "ZohoCRM.settings.variables.", 1, 1),
    ("GET POST PATCH", "/settings/global_picklists", "ZohoCRM.settings.global_picklist.", 1, 1),
    ("GET PATCH DELETE", "/settings/global_picklists/{id}", "ZohoCRM.settings.global_picklist.", 1, 1),
    ("GET", "/settings/email_templates", "ZohoCRM.templates.email.READ", 1, 1),
    ("GET", "/settings/email_templates/{id}", "ZohoCRM.templates.email.READ", 1, 1),
    ("GET", "/settings/inventory_templates", "ZohoCRM.templates.inventory.READ", 1, 1),
    ("GET", "/settings/inventory_templates/{id}", "ZohoCRM.templates.inventory.READ", 1, 1),
    ("GET POST PUT", "/settings/business_hours", "ZohoCRM.settings.business_hours.", 1, 1),
    ("GET POST PUT DELETE", "/settings/user_groups", "ZohoCRM.settings.user_groups.", 1, 1),
    ("GET PUT DELETE", "/settings/user_groups/{id}", "ZohoCRM.settings.user_groups.", 1, 1),
    ("GET PUT", "/settings/data_sharing", "ZohoCRM.settings.data_sharing.", 1, 1),
    ("GET POST", "/settings/custom_links", "ZohoCRM.settings.custom_links.", 1, 1),
    ("GET PUT DELETE", "/settings/custom_links/{id}", "ZohoCRM.settings.custom_links.", 1, 1),
    ("GET PUT DELETE", "/settings/recycle_bin", "ZohoCRM.settings.recycle_bin.", 1, 1),
    ("GET DELETE", "/settings/recycle_bin/{id}", "ZohoCRM.settings.recycle_bin.", 1, 1),
]

# The settings-level blueprint calls came with v8.
_NEW_IN_8: list[tuple[str, str, str, int, int]] = [
    ("GET POST PUT DELETE", "/settings/blueprints", "ZohoCRM.settings.blueprint.", 1, 1),
    ("GET PUT DELETE", "/settings/blueprints/{id}", "ZohoCRM.settings.blueprint.", 1, 1),
    ("POST", "/settings/blueprints/{id}/actions/activate", "ZohoCRM.settings.blueprint.UPDATE", 1, 1),
    ("POST", "/settings/blueprints/{id}/actions/deactivate", "ZohoCRM.settings.blueprint.UPDATE", 1, 1),
    ("GET POST PUT DELETE", "/settings/blueprints/{id}/states", "ZohoCRM.settings.blueprint.states.", 1, 1),
    ("GET", "/settings/blueprints/{id}/states/{state}", "ZohoCRM.settings.blueprint.states.READ", 1, 1),
    ("GET POST PUT DELETE", "/settings/blueprints/transitions", "ZohoCRM.settings.transitions.", 1, 1),
    ("GET", "/settings/blueprints/transitions/{id}", "ZohoCRM.settings.transitions.READ", 1, 1),
    ("GET", "/settings/blueprints/process_configurations", "ZohoCRM.settings.blueprint.READ", 1, 1),
    ("GET", "/settings/blueprints/usage_configurations", "ZohoCRM.settings.blueprint.READ", 1, 1),
]


def _not_served(call: Call) -> Answer:
    raise ApiError("INVALID_URL_PATTERN")


def _routes(facts: Iterable[tuple[str, str, str, int, int]], versions: tuple[int, ...] = (7, 8)) -> list[Route]:
    return [
        Route(verb, path, (scope + _OPERATIONS[verb] if scope.endswith(".") else scope,), _not_served, lowest, highest,
              versions, is_served=False)
        for verbs, path, scope, lowest, highest in facts
        for verb in verbs.split()
    ]  # fmt: skip


def _of_a_module() -> Iterable[tuple[str, str, str, int, int]]:
    for verbs, path, scope, lowest, highest in _OF_A_MODULE:
        whole = scope if scope.startswith("Zoho") else f"ZohoCRM.modules.{{item}}.{scope}"
        yield verbs, "/{module}" + path, whole, lowest, highest


def documented() -> list[Route]:
    """Everything that the documentation lists and that the catalogue can show."""
    return [*_routes(_of_a_module()), *_routes(_LEADS), *_routes(_ALONE), *_routes(_NEW_IN_8, (8,))]
