"""How many processes an organisation may have, and how much each may hold.

Both answers are documented in their outermost keys only; what stands below is read defensively.
source  GET /settings/blueprints/process_configurations, GET /settings/blueprints/usage_configurations
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_client.values import JSON, JsonObject, as_object, as_text, as_texts, as_whole


@dataclass(slots=True)
class ProcessConfiguration:
    """Limits and use over the whole organisation; None where the CRM did not say."""

    maximum_allowed_blueprints: int | None
    total_blueprint_configured: int | None
    active_blueprint_configured: int | None
    common_transitions_per_blueprint: int | None
    supported_features: list[str]
    last_seen_module: str                # API name; "" when there is none
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> ProcessConfiguration:
        raw = as_object(raw)
        get = raw.get
        module = get("last_seen_module")
        return cls(
            as_whole(get("maximum_allowed_blueprints")),
            as_whole(get("total_blueprint_configured")),
            as_whole(get("active_blueprint_configured")),
            as_whole(get("common_transitions_per_blueprint")),
            as_texts(get("supported_features")),
            as_text(as_object(module).get("api_name")) or as_text(module),
            raw,
        )


@dataclass(slots=True)
class UsageConfiguration:
    """Limits of one process of a module; None where the CRM did not say."""

    name_max_length: int | None
    description_max_length: int | None
    process_types: list[str]             # normal, continuous
    periods: list[str]                   # of automatic transitions: hours, minutes, days, b_hours, b_days
    minimum_minutes: int | None          # that an automatic transition waits at least
    trigger_types: list[str]             # manual, automatic
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> UsageConfiguration:
        raw = as_object(raw)
        process, box = as_object(raw.get("process")), as_object(raw.get("timebox"))
        return cls(
            as_whole(as_object(process.get("name")).get("max_length")),
            as_whole(as_object(process.get("description")).get("max_length")),
            as_texts(process.get("type")) or [text for text in [as_text(process.get("type"))] if text],
            as_texts(box.get("periods")) or as_texts(box.get("period")),
            as_whole(box.get("minimum")),
            as_texts(as_object(raw.get("transitions")).get("trigger_type")),
            raw,
        )
