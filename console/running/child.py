"""The stand-in CRM as a child that cannot outlive its parent: it ends when its standard input does.

python -m console.running.child --port 8899 …    arguments as for crm_client.standin
"""

import os
import runpy
import signal
import sys
import threading
import time

_GRACE_S = 2.0


def end_with_parent() -> None:
    """Waits for the end of the input, which comes even when the parent was killed, and ends this process."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    sys.argv[0] = "crm_client.standin"
    runpy.run_module("crm_client.standin", run_name="__main__")
