from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "console.records"

    def ready(self) -> None:
        from console.jobs import registry
        from console.records.tasks import EXPORT, export_records

        registry.register(EXPORT, export_records, after="records/_exported.html")
