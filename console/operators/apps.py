from django.contrib.admin.apps import AdminConfig


class OperatorsConfig(AdminConfig):
    """Django's admin with our own site, found by the admin.py of each hall."""

    default_site = "console.operators.site.OperatorSite"
