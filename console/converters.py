"""What a part of an address may be: names and ids of the CRM, by its own grammar (design D15, threat T22).

A name can hold no hyphen and no dot, and an id is digits, so no fixed word of an address is ever taken for one.
"""

from django.urls import register_converter
from django.urls.converters import StringConverter


class ApiName(StringConverter):
    regex = "[A-Za-z][A-Za-z0-9_]{0,119}"


class CrmId(StringConverter):
    regex = "[0-9]{1,30}"


register_converter(ApiName, "api_name")
register_converter(CrmId, "crm_id")
