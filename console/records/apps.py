from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "console.records"

    def ready(self) -> None:
        from console.jobs import housekeeping, registry
        from console.records.tasks import EXPORT, delete_old_files, export_records

        registry.register(EXPORT, export_records)
        housekeeping.chores.append(delete_old_files)
