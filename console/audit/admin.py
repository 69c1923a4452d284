from django.contrib import admin

from console.audit.models import Entry, Seal
from console.operators.site import ReadOnly


@admin.register(Entry)
class EntryPages(ReadOnly):
    list_display = ("at", "person", "action", "dc", "zgid", "address")
    list_filter = ("action", "dc")
    search_fields = ("person", "identity", "action", "zgid", "address")


@admin.register(Seal)
class SealPages(ReadOnly):
    list_display = ("n", "entry", "at", "key")
    search_fields = ("=n", "=entry")
