from django.urls import path, register_converter
from django.urls.converters import StringConverter

from console import converters  # noqa: F401  registers api_name and crm_id
from console.blueprints import compare_views, export_views, map_views, numbers_views, record_views, views


class PartKey(StringConverter):
    """The id of a state or transition, or the key made up for one without."""

    regex = "(?:state-|transition-)?[0-9]{1,30}"


register_converter(PartKey, "part_key")

app_name = "blueprints"
_ONE = "<crm_id:process>/"
urlpatterns = [
    path("", views.blueprint_list, name="list"),
    path("refresh/", views.blueprint_list_refresh, name="list_refresh"),
    path("read/", views.blueprint_list_read, name="list_read"),
    path("look/", views.look_start, name="look_start"),
    path("record/<api_name:module>/<crm_id:record>/", record_views.record_blueprint, name="record"),
    path(_ONE, map_views.process_map, name="map"),
    path(_ONE + "refresh/", map_views.process_refresh, name="refresh"),
    path(_ONE + "states/<part_key:state>/", map_views.process_state, name="state"),
    path(_ONE + "transitions/<part_key:transition>/", map_views.process_transition, name="transition"),
    path(_ONE + "findings/", map_views.process_findings, name="findings"),
    path(_ONE + "numbers/", numbers_views.process_numbers, name="numbers"),
    path(_ONE + "numbers/start/", numbers_views.count_start, name="count_start"),
    path(_ONE + "compare/", compare_views.process_compare, name="compare"),
    path(_ONE + "map.<str:form>", export_views.map_export, name="export"),
    path(_ONE + "document.<str:form>", export_views.process_document, name="document"),
]
