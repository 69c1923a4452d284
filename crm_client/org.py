"""The organisation itself.

source  GET /org  zoho.com/crm/developer/docs/api/v8/get-org-data.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.errors import BadAnswer
from crm_client.values import (
    JSON,
    JsonObject,
    as_flag,
    as_id,
    as_object,
    as_objects,
    as_text,
    as_text_or_none,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class LicenseDetails:
    """What the organisation pays for. `paid_type` is the edition: free, standard, professional, enterprise, …"""

    paid: bool | None
    paid_type: str
    paid_expiry: str | None
    trial_type: str | None
    trial_expiry: str | None
    trial_action: str | None
    users_license_purchased: int | None
    portal_users_license_purchased: int | None

    @classmethod
    def from_api(cls, raw: JSON) -> LicenseDetails:
        get = as_object(raw).get
        return cls(
            as_flag(get("paid")),
            as_text(get("paid_type")),
            as_text_or_none(get("paid_expiry")),
            as_text_or_none(get("trial_type")),
            as_text_or_none(get("trial_expiry")),
            as_text_or_none(get("trial_action")),
            as_whole(get("users_license_purchased")),
            as_whole(get("portal_users_license_purchased")),
        )


@dataclass(slots=True)
class Organisation:
    """The organisation the token is bound to. `zgid` is its id across Zoho, `id` its id inside the CRM."""

    id: str
    zgid: str
    company_name: str
    alias: str | None
    type: str  # production, sandbox, developer, bigin
    domain_name: str
    primary_email: str
    primary_zuid: str
    time_zone: str  # such as America/Los_Angeles
    currency: str  # "US Dollar - USD"
    iso_code: str  # "USD"
    currency_symbol: str
    currency_locale: str
    country: str | None
    country_code: str
    state: str | None
    city: str | None
    street: str | None
    zip: str | None
    phone: str | None
    mobile: str | None
    fax: str | None
    website: str | None  # as typed by people: text, not a link
    description: str | None
    employee_count: str | None  # text in every known answer
    license_details: LicenseDetails
    hierarchy_type: str  # Role_Hierarchy or Reporting_Hierarchy
    mc_status: bool | None  # several currencies
    gapps_enabled: bool | None
    translation_enabled: bool | None
    privacy_settings: bool | None
    hipaa_compliance_enabled: bool | None
    lite_users_enabled: bool | None
    deletable_org_account: bool | None
    zia_portal_id: str
    photo_id: str | None
    created_time: str | None
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> Organisation:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_id(get("zgid")),
            as_text(get("company_name")),
            as_text_or_none(get("alias")),
            as_text(get("type")),
            as_text(get("domain_name")),
            as_text(get("primary_email")),
            as_id(get("primary_zuid")),
            as_text(get("time_zone")),
            as_text(get("currency")),
            as_text(get("iso_code")),
            as_text(get("currency_symbol")),
            as_text(get("currency_locale")),
            as_text_or_none(get("country")),
            as_text(get("country_code")),
            as_text_or_none(get("state")),
            as_text_or_none(get("city")),
            as_text_or_none(get("street")),
            as_text_or_none(get("zip")),
            as_text_or_none(get("phone")),
            as_text_or_none(get("mobile")),
            as_text_or_none(get("fax")),
            as_text_or_none(get("website")),
            as_text_or_none(get("description")),
            as_text_or_none(get("employee_count")),
            LicenseDetails.from_api(get("license_details")),
            as_text(as_object(get("hierarchy_preferences")).get("type")),
            as_flag(get("mc_status")),
            as_flag(get("gapps_enabled")),
            as_flag(get("translation_enabled")),
            as_flag(get("privacy_settings")),
            as_flag(get("hipaa_compliance_enabled")),
            as_flag(get("lite_users_enabled")),
            as_flag(get("deletable_org_account")),
            as_id(get("zia_portal_id")),
            as_text_or_none(get("photo_id")),
            as_text_or_none(get("created_time")),
            raw,
        )


class Org:
    """`CrmClient.org`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Organisation:
        """The organisation the token is bound to.

        raises   BadAnswer when the answer holds none, NotAllowed, ScopeMissing without ZohoCRM.org.READ,
                 TooManyRequests, any other NoAnswer
        source   GET /org
        """
        what = "the organisation"
        found = as_objects(self._transport.get("/org", what=what).get("org"))
        if not found:
            raise BadAnswer("it names no organisation", what=what)
        return Organisation.from_api(found[0])
