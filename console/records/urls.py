from django.urls import path

from console import converters  # noqa: F401  registers api_name and crm_id
from console.records import (
    attachment_views,
    beside_views,
    coql_views,
    export_views,
    form_views,
    list_views,
    note_views,
    record_views,
)

app_name = "records"
urlpatterns = [
    path("", list_views.chooser, name="chooser"),
    path("refresh-list/", list_views.chooser_refresh, name="chooser_refresh"),
    path("coql/", coql_views.coql, name="coql"),
    path("coql/run/", coql_views.coql_run, name="coql_run"),
    path("coql/forget/", coql_views.coql_forget, name="coql_forget"),
    path("coql/rows.<str:form>", coql_views.coql_download, name="coql_download"),
    path("<api_name:module>/", list_views.record_list, name="list"),
    path("<api_name:module>/refresh-settings/", list_views.refresh_settings, name="refresh_settings"),
    path("<api_name:module>/search/", list_views.conditions, name="search"),
    path("<api_name:module>/columns/", list_views.choose_columns, name="columns"),
    path("<api_name:module>/columns/set/", list_views.set_columns, name="set_columns"),
    path("<api_name:module>/count/", list_views.count, name="count"),
    path("<api_name:module>/records.<str:form>", export_views.download_page, name="download"),
    path("<api_name:module>/export/", export_views.export, name="export"),
    path("<api_name:module>/export/begin/", export_views.export_begin, name="export_begin"),
    path("<api_name:module>/new/", form_views.record_new, name="new"),
    path("<api_name:module>/look-up/", form_views.look_up, name="look_up"),
    path("<api_name:module>/<crm_id:record>/edit/", form_views.record_edit, name="edit"),
    path("<api_name:module>/<crm_id:record>/delete/", form_views.record_delete, name="delete"),
    path("<api_name:module>/<crm_id:record>/", record_views.record_detail, name="detail"),
    path("<api_name:module>/<crm_id:record>/related/<api_name:related>/", record_views.related, name="related"),
    path("<api_name:module>/<crm_id:record>/notes/", beside_views.notes, name="notes"),
    path("<api_name:module>/<crm_id:record>/notes/add/", note_views.note_add, name="note_add"),
    path("<api_name:module>/<crm_id:record>/notes/<crm_id:note>/", note_views.note_change, name="note"),
    path("<api_name:module>/<crm_id:record>/attachments/", beside_views.attachments, name="attachments"),
    path("<api_name:module>/<crm_id:record>/attachments/add/", attachment_views.attachment_add, name="attachment_add"),
    path(
        "<api_name:module>/<crm_id:record>/attachments/<crm_id:attachment>/", beside_views.attachment, name="attachment"
    ),
    path("<api_name:module>/<crm_id:record>/files/<crm_id:attachment>/", beside_views.field_file, name="field_file"),
    path("<api_name:module>/<crm_id:record>/timeline/", beside_views.timeline, name="timeline"),
]
