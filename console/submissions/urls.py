from django.urls import path

from console.submissions import views

app_name = "submissions"
urlpatterns = [
    path("", views.submission_list, name="list"),
    path("<uuid:submission>/", views.submission_detail, name="detail"),
    path("<uuid:submission>/status.json", views.submission_status, name="status"),
    path("<uuid:submission>/cancel/", views.submission_cancel, name="cancel"),
    path("<uuid:submission>/pause/", views.submission_pause, name="pause"),
    path("<uuid:submission>/go-on/", views.submission_go_on, name="go_on"),
    path("<uuid:submission>/again/", views.submission_again, name="again"),
    path("<uuid:submission>/missing/", views.submission_missing, name="missing"),
    path("<uuid:submission>/decide/", views.submission_decide, name="decide"),
]
