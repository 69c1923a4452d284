"""A local CRM that answers the real HTTP API: accounts servers of two data centres, API hosts, organisations, faults.

with StandIn(seed=1) as standin:
    token = standin.token(org="demo", user="alice")["access_token"]
    requests.get(standin.api() + "/crm/v8/org", headers={"Authorization": f"Zoho-oauthtoken {token}"})

world.py      what the six addresses share, and the way of a request through it
accounts.py   authorization, tokens, revoke (consent.py, tokens.py)
api.py        the API hosts: routing.py holds the table, each *_ROUTES list belongs to its handlers
faults.py     what goes wrong on purpose (damage.py); ledger.py what was seen; control.py the addresses /__standin
organisation.py, organisations/   the data
"""

from crm_client.standin.faults import UnknownFaultError
from crm_client.standin.harness import StandIn
from crm_client.standin.organisation import Organisation

__all__ = ["Organisation", "StandIn", "UnknownFaultError"]
