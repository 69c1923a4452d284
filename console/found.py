"""What an address names, asked of the CRM: found, or the one error for what is not there."""

from crm_client import CrmClient
from crm_client.errors import InvalidRequest, NotFound
from crm_client.records import Record


def found_record(crm: CrmClient, module: str, id_: str, what: str) -> Record:
    """The record of the address: one call.

    what    how its page calls it: "this record of Leads"
    raises  NotFound where the CRM has none (it says so in one of two ways), else as `crm.records.get`
    """
    try:
        found = crm.records.get(module, id_)
    except InvalidRequest as exc:
        if exc.code == "INVALID_DATA":
            raise NotFound("it has no record of this id, or your profile does not see it", what=what) from exc
        raise
    if found is None:
        raise NotFound("it was deleted, or your profile does not see it", what=what)
    return found
