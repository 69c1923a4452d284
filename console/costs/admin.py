from django.contrib import admin

from console.costs.models import Call
from console.operators.site import ReadOnly


@admin.register(Call)
class CallPages(ReadOnly):
    list_display = ("at", "person_name", "method", "endpoint", "status", "code", "credits", "ms")
    list_filter = ("dc", "method", "status")
    search_fields = ("person_name", "endpoint", "code", "zgid")
