"""What the benchmarks share: their arguments, their table, and the file that it becomes."""

import os
import platform
import subprocess
import sys
import time

ROOT = os.getcwd()
APP = f"{ROOT}/artifacts/app/tenfold"
TOOL = f"{ROOT}/artifacts/bench/tool/tenfold-bench"
# The smallest size only shows that every section still works. Its figures mean nothing.
SMALLEST = "--smallest" in sys.argv[1:]
SECTIONS = [argument for argument in sys.argv[1:] if argument != "--smallest"]
_rows = []


def row(what, figure, floor, ratio, bound, met):
    """Adds a row. `met` is None where there is no bound."""
    _rows.append((what, figure, floor, ratio, bound, {True: "yes", False: "**no**", None: ""}[met]))
    print("  ".join(cell for cell in _rows[-1] if cell), file=sys.stderr)


def table():
    def git(*arguments):
        return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--", "src") else ""
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    commit = f"{git('rev-parse', '--short', 'HEAD')}{changed}"
    lines = [f"{time.strftime('%Y-%m-%d')}, commit {commit}, {os.cpu_count()} cores ({cpu}), load {os.getloadavg()[0]:.1f}.", ""]
    titles = ("what", "figure", "peer or floor", "ratio", "bound", "met?")
    lines += [f"| {' | '.join(cells)} |" for cells in (titles, ("---",) * 6, *_rows)]
    return "\n".join(lines) + "\n"


def measure(sections, file, title, text):
    """Runs the sections that were asked for, prints the table, and writes all of it to a file when it is whole."""
    every = {section.__name__: section for section in sections}
    if unknown := [name for name in SECTIONS if name not in every]:
        sys.exit(f"there is no {' or '.join(unknown)}; there are: {', '.join(every)}")
    for name in SECTIONS or every:
        print(f"-- {name}", file=sys.stderr)
        every[name]()
    print(table(), end="")
    if not SECTIONS and not SMALLEST:
        with open(file, "w") as out:
            out.write(f"# {title}\n\n{text}\n\n{table()}")
