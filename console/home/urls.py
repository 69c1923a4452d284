from django.urls import path

from console.home import views

app_name = "home"
urlpatterns = [
    path("", views.index, name="index"),
    path("refresh/", views.refresh, name="refresh"),
]
