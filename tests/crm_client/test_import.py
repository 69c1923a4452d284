"""The client stands alone: no Django, little to import, nothing written."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_script_imports_the_client_without_django_authlib_or_the_stand_in() -> None:
    heavy = "{'django', 'authlib', 'celery', 'crm_client.standin'}"
    assert run(f"import sys, crm_client; print(sorted({heavy} & set(sys.modules)))") == "[]"


def test_a_script_signs_in_without_django() -> None:
    assert run("import sys, crm_client.auth, crm_client.dump; print('django' in sys.modules)") == "False"
