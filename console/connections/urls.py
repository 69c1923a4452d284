from django.urls import path

from console.connections import browser_views, views

app_name = "connections"
urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("sign-in/", views.sign_in_page, name="sign_in"),
    path("sign-in/callback/", views.callback, name="callback"),
    path("sign-in/done/", views.signed_in, name="signed_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("browsers/", browser_views.browser_list, name="browsers"),
    path("browsers/end/", browser_views.end_everywhere, name="end_everywhere"),
    path("browsers/<uuid:browser>/end/", browser_views.end_browser, name="end_browser"),
    path("connections/", views.connection_list, name="list"),
    path("connections/<slug:connection>/", views.connected, name="connected"),
    path("connections/<slug:connection>/confirm/", views.confirm, name="confirm"),
    path("connections/<slug:connection>/disconnect/", views.disconnect, name="disconnect"),
    path("connections/<slug:connection>/changes/", views.allow_changes, name="allow_changes"),
    path("connections/<slug:connection>/reconnect/", views.reconnect, name="reconnect"),
]
