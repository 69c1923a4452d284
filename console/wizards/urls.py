from django.urls import path, register_converter

from console.wizards import check_views, compare_views, export_views, graph_views, views


class WizardId:
    """Digits, as the CRM's ids are; so no fixed word below is ever taken for a wizard."""

    regex = "[0-9]{1,30}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ScreenKey(WizardId):
    """A screen's id, or the key made up for one without."""

    regex = "(?:screen-)?[0-9]{1,30}(?:-[0-9]{1,6})?"


register_converter(WizardId, "wizard_id")
register_converter(ScreenKey, "screen_key")

app_name = "wizards"
_ONE = "<wizard_id:wizard>/<wizard_id:layout>/"
urlpatterns = [
    path("", views.wizard_list, name="list"),
    path("refresh/", views.wizard_list_refresh, name="list_refresh"),
    path("check/", check_views.wizard_check, name="check"),
    path("check/start/", check_views.wizard_check_start, name="check_start"),
    path("document.<str:form>", export_views.module_document, name="module_document"),
    path("<wizard_id:wizard>/", views.wizard_detail, name="detail"),
    path(_ONE, graph_views.wizard_graph, name="graph"),
    path(_ONE + "refresh/", graph_views.wizard_refresh, name="refresh"),
    path(_ONE + "screens/<screen_key:screen>/", graph_views.wizard_screen, name="screen"),
    path(_ONE + "findings/", graph_views.wizard_findings, name="findings"),
    path(_ONE + "paths/", graph_views.wizard_paths, name="paths"),
    path(_ONE + "compare/", compare_views.wizard_compare, name="compare"),
    path(_ONE + "graph.<str:form>", export_views.graph_export, name="export"),
    path(_ONE + "document.<str:form>", export_views.wizard_document, name="document"),
]
