from django.urls import path, register_converter
from django.urls.converters import StringConverter

from console import converters  # noqa: F401  registers crm_id
from console.wizards import check_views, compare_views, export_views, graph_views, views


class ScreenKey(StringConverter):
    """A screen's id, or the key made up for one without."""

    regex = "(?:screen-)?[0-9]{1,30}(?:-[0-9]{1,6})?"


register_converter(ScreenKey, "screen_key")

app_name = "wizards"
_ONE = "<crm_id:wizard>/<crm_id:layout>/"
urlpatterns = [
    path("", views.wizard_list, name="list"),
    path("refresh/", views.wizard_list_refresh, name="list_refresh"),
    path("check/", check_views.wizard_check, name="check"),
    path("check/start/", check_views.wizard_check_start, name="check_start"),
    path("document.<str:form>", export_views.module_document, name="module_document"),
    path("<crm_id:wizard>/", views.wizard_detail, name="detail"),
    path(_ONE, graph_views.wizard_graph, name="graph"),
    path(_ONE + "refresh/", graph_views.wizard_refresh, name="refresh"),
    path(_ONE + "screens/<screen_key:screen>/", graph_views.wizard_screen, name="screen"),
    path(_ONE + "findings/", graph_views.wizard_findings, name="findings"),
    path(_ONE + "paths/", graph_views.wizard_paths, name="paths"),
    path(_ONE + "compare/", compare_views.wizard_compare, name="compare"),
    path(_ONE + "graph.<str:form>", export_views.graph_export, name="export"),
    path(_ONE + "document.<str:form>", export_views.wizard_document, name="document"),
]
