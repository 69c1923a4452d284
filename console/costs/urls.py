from django.urls import path

from console.costs import views

app_name = "costs"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("calls/", views.call_list, name="calls"),
]
