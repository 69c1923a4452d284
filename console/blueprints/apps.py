from django.apps import AppConfig


class BlueprintsConfig(AppConfig):
    name = "console.blueprints"

    def ready(self) -> None:
        from console.blueprints.tasks import COUNT_RECORDS, LOOK_AT_RECORDS, count_records, look_at_records
        from console.jobs import registry

        registry.register(COUNT_RECORDS, count_records, after="blueprints/_counted.html")
        registry.register(LOOK_AT_RECORDS, look_at_records, after="blueprints/_looked.html")
