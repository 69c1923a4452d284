"""`python -m tests.bite`: each protection removed in turn, and which tests turned red; exit 1 where none did.

--quick   only the tests that are named for each protection, all in one process
--only    one protection by its name
"""

import argparse
import sys

from tests.bite import runs

WIDTH = 34


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bite", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", metavar="PROTECTION")
    chosen = parser.parse_args()
    say, toothless = sys.stdout.write, 0
    for name, red, green in runs.quick(runs.named_tests()) if chosen.quick else runs.full(chosen.only):
        toothless += not red
        others = f", {green} stayed green or are red anyway" if green else ""
        say(f"{name:{WIDTH}} {len(red):3} red{others}{'' if red else '   NO TEST NOTICES'}\n")
        for test in red[:3]:
            say(f"{'':{WIDTH}}     {test}\n")
        sys.stdout.flush()
    say(f"{toothless} protections that no test notices\n")
    return 1 if toothless else 0


if __name__ == "__main__":
    sys.exit(main())
