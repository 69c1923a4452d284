from django.urls import path

from console.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<uuid:job>/", views.job_detail, name="detail"),
    path("<uuid:job>/file/", views.job_file, name="file"),
    path("<uuid:job>/cancel/", views.job_cancel, name="cancel"),
]
