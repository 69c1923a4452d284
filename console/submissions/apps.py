from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "console.submissions"

    def ready(self) -> None:
        from console.connections.signals import disconnected
        from console.jobs import housekeeping, sweeper
        from console.submissions import basic
        from console.submissions.forgetting import forget_payloads
        from console.submissions.services import keep_back
        from console.submissions.sweeping import sweep

        basic.register()
        disconnected.connect(keep_back, dispatch_uid="submissions.keep_back")
        sweeper.PARTS["calls of submissions rung for"] = sweep
        housekeeping.chores.append(forget_payloads)
