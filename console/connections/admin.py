from django.contrib import admin

from console.connections.models import Connection, SignedInBrowser, SignIn, User
from console.operators.site import ReadOnly


@admin.register(User)
class UserPages(ReadOnly):
    list_display = ("full_name", "identity", "email", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("full_name", "identity", "email")
    hidden = ("password", "is_superuser")


@admin.register(Connection)
class ConnectionPages(ReadOnly):
    list_display = ("org_name", "environment", "crm_user_name", "state", "dc", "zgid", "connected_at")
    list_filter = ("state", "environment", "dc")
    search_fields = ("org_name", "crm_user_name", "crm_user_email", "zgid", "slug")
    hidden = ("access_token", "refresh_token", "refresh_lease")


@admin.register(SignIn)
class SignInPages(ReadOnly):
    list_display = ("started_at", "purpose", "dc", "user", "used_at")
    list_filter = ("purpose", "dc")
    hidden = ("state_hash", "browser_hash", "verifier")


@admin.register(SignedInBrowser)
class SignedInBrowserPages(ReadOnly):
    list_display = ("user", "words", "address", "signed_in_at", "seen_at")
    search_fields = ("user__full_name", "address")
    hidden = ("session",)
