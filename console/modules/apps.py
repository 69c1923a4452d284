from django.apps import AppConfig


class ModulesConfig(AppConfig):
    name = "console.modules"

    def ready(self) -> None:
        from console.jobs import registry
        from console.modules.tasks import WORKBOOK, fetch_everything, make_workbook

        registry.register("fetch_everything", fetch_everything, after="modules/_fetched.html")
        registry.register(WORKBOOK, make_workbook, after="modules/_workbook_made.html")
