from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "console.jobs"

    def ready(self) -> None:
        from console.jobs import files, housekeeping

        if files.delete_old not in housekeeping.chores:
            housekeeping.chores.append(files.delete_old)
