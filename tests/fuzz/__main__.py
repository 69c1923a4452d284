"""`python -m tests.fuzz answers [--count 20000] [--seed 1] [--only CASE]`: figures, then what went wrong (exit 1)."""

import argparse
import sys

from tests.fuzz import answers

SHOWN = 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("what", choices=["answers"])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one case by its number")
    chosen = parser.parse_args()
    outcome = answers.run(chosen.count, chosen.seed, chosen.only)
    say = sys.stdout.write
    say(f"{outcome.cases} answers in {outcome.took_s:.0f} s, the slowest {outcome.slowest_s:.2f} s, ")
    say(f"memory at most {outcome.mb:+.0f} MB\n")
    say(", ".join(f"{name} {count}" for name, count in outcome.ends.most_common()) + "\n")
    for finding in outcome.findings[:SHOWN]:
        say(f"{finding}\n")
    say(f"{len(outcome.findings)} went wrong\n")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
