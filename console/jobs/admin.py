from django.contrib import admin

from console.jobs.models import Job
from console.operators.site import ReadOnly


@admin.register(Job)
class JobPages(ReadOnly):
    list_display = ("title", "kind", "state", "person", "connection", "created_at", "finished_at", "error_code")
    list_filter = ("state", "kind")
    search_fields = ("title", "person__full_name", "error_code")
    hidden = ("lease", "params", "result")  # a result may hold what one person's profile sees (D16)
