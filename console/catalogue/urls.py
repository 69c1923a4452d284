from django.urls import path

from console.catalogue import doctor_views, views

app_name = "catalogue"
urlpatterns = [
    path("", views.operation_list, name="list"),
    path("refresh/", views.refresh, name="refresh"),
    path("apis.<str:form>", views.list_download, name="download"),
    path("operation/", views.operation, name="operation"),
    path("ask/", views.ask, name="ask"),
    path("doctor/", doctor_views.doctor, name="doctor"),
]
