from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "console.records"

    def ready(self) -> None:
        from console.jobs import housekeeping, registry
        from console.records import attached_files, attaching
        from console.records.tasks import EXPORT, export_records
        from console.submissions import operations

        registry.register(EXPORT, export_records, after="records/_exported.html")
        operations.register(attaching.OPERATION)
        if attached_files.delete_old not in housekeeping.chores:
            housekeeping.chores.append(attached_files.delete_old)
