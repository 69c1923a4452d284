from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "console.submissions"

    def ready(self) -> None:
        from console.connections import gate
        from console.connections.signals import disconnected, left_behind
        from console.jobs import housekeeping, sweeper
        from console.submissions import basic, clocks
        from console.submissions import services as door
        from console.submissions.forgetting import forget_payloads
        from console.submissions.sweeping import sweep

        basic.register()
        gate.listeners.append(clocks.heard)
        disconnected.connect(door.keep_back, dispatch_uid="submissions.keep_back")
        left_behind.connect(door.left_behind, dispatch_uid="submissions.left_behind")
        sweeper.PARTS["calls of submissions rung for"] = sweep
        housekeeping.chores.append(forget_payloads)
