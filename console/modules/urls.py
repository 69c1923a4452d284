from django.urls import path

from console import converters  # noqa: F401  registers api_name and crm_id
from console.modules import module_views, views, workbook_views

app_name = "modules"
urlpatterns = [
    path("", views.module_list, name="list"),
    path("refresh-list/", views.module_list_refresh, name="list_refresh"),
    path("modules.<str:form>", views.module_list_download, name="list_download"),
    path("field-workbook/", workbook_views.workbook, name="workbook"),
    path("field-workbook/make/", workbook_views.workbook_make, name="workbook_make"),
    path("fetch-everything/", workbook_views.fetch_everything, name="fetch_everything"),
    path("<api_name:module>/", module_views.module_detail, name="detail"),
    path("<api_name:module>/fields/", module_views.field_list, name="fields"),
    path("<api_name:module>/fields/<crm_id:field>/", module_views.field_detail, name="field"),
    path("<api_name:module>/fields.<str:form>", module_views.field_list_download, name="fields_download"),
    path("<api_name:module>/layouts/", module_views.layout_list, name="layouts"),
    path("<api_name:module>/layouts/<crm_id:layout>/", module_views.layout_list, name="layout"),
    path("<api_name:module>/related-lists/", module_views.related_lists, name="related_lists"),
    path("<api_name:module>/custom-views/", module_views.custom_views, name="custom_views"),
    path("<api_name:module>/refresh/<slug:part>/", module_views.refresh, name="refresh"),
]
