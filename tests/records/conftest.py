import pytest

from console.connections.scopes import READ_SCOPES, WRITE_SCOPES
from crm_client.standin import StandIn
from tests.cast import Person, person


@pytest.fixture
def writer(standin: StandIn, db: None) -> Person:
    """Alice, who has consented to changes as well."""
    return person(standin, "demo", "alice", scopes=[*READ_SCOPES, *WRITE_SCOPES])
