"""Measures and prints the table of figures on AWS. bench/aws builds the programs and calls this."""

import contextlib
import functools
import http.server
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

import aws_double
import store as bucket

ROOT = os.getcwd()
APP = f"{ROOT}/artifacts/app/tenfold"
TOOL = f"{ROOT}/artifacts/bench/tool/tenfold-bench"
PYTHON = "/usr/bin/python3"
# The smallest size only shows that every section still works. Its figures mean nothing.
SMALLEST = "--smallest" in sys.argv[1:]
SECTIONS = [argument for argument in sys.argv[1:] if argument != "--smallest"]
ROUNDS = 1 if SMALLEST else 3
rows = []


def row(what, figure, floor, ratio, bound, met):
    rows.append((what, figure, floor, ratio, bound, "yes" if met else "**no**"))
    print("  ".join(rows[-1]), file=sys.stderr)


@contextlib.contextmanager
def s3(work):
    """The S3 server of the tests, which the commands that follow use."""
    os.makedirs(f"{work}/data/bench")
    port = bucket.free_port()
    os.environ.update(AWS_ACCESS_KEY_ID="S3RVER", AWS_SECRET_ACCESS_KEY="S3RVER", AWS_DEFAULT_REGION="us-east-1",
                      AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{port}", AWS_EC2_METADATA_DISABLED="true")
    server = subprocess.Popen(["node", f"{ROOT}/tests/s3/server.js", f"{work}/data", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        if server.stdout.readline().strip() != "listening":
            sys.exit("the S3 server did not start")
        yield "s3://bench/tenfold"
    finally:
        server.kill()
        server.wait()


# Debian's packages of scikit-learn and all that it needs: PyPI's wheels have the same modules.
PACKAGES = {
    "scikit-learn": (["sklearn"], ["numpy", "scipy", "joblib", "threadpoolctl"]),
    "numpy": (["numpy"], []),
    "scipy": (["scipy"], ["numpy"]),
    "joblib": (["joblib"], []),
    "threadpoolctl": (["threadpoolctl.py"], []),
}


def wheel(index, name, modules, needs):
    """Puts a wheel of installed modules into a package index."""
    installed = "/usr/lib/python3/dist-packages"
    stem = name.replace("-", "_")
    folder = f"{index}/simple/{name}"
    os.makedirs(folder)
    with zipfile.ZipFile(f"{folder}/{stem}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for module in modules:
            path = f"{installed}/{module}"
            if os.path.isfile(path):
                file.write(path, module)
            for parent, _, names in os.walk(path):
                for each in names:
                    if "__pycache__" not in parent and "/tests/" not in f"{parent}/":
                        file.write(f"{parent}/{each}", os.path.relpath(f"{parent}/{each}", installed))
        info = f"{stem}-1.0.dist-info"
        requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    with open(f"{folder}/index.html", "w") as file:
        file.write(f'<a href="{stem}-1.0-py3-none-any.whl">{stem}-1.0-py3-none-any.whl</a>')


@contextlib.contextmanager
def package_index(work):
    """A package index on this machine, which pip uses."""
    for name, (modules, needs) in PACKAGES.items():
        if not SMALLEST or not needs and name not in ("numpy", "scipy"):
            wheel(f"{work}/index", name, modules, needs)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=f"{work}/index"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ.update(PIP_INDEX_URL=f"http://127.0.0.1:{server.server_address[1]}/simple", PIP_TRUSTED_HOST="127.0.0.1",
                      PIP_NO_CACHE_DIR="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    try:
        yield
    finally:
        server.shutdown()


def environment():
    """From an agent's start on a fresh disk to the script's first line, when another machine has built the environment."""
    package = "joblib" if SMALLEST else "scikit-learn"
    module = "joblib" if SMALLEST else "sklearn"
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work, s3(work) as url, package_index(work):
        project, disk, began = f"{work}/project", f"{work}/disk", f"{work}/began"
        os.makedirs(project)
        with open(f"{project}/requirements.txt", "w") as file:
            file.write(f"{package}\n")
        variables = {**os.environ, "PATH": "/usr/bin:/bin", "TENFOLD_ENVIRONMENT_KEY": "5a" * 32}

        def attempt():
            shutil.rmtree(disk, ignore_errors=True)
            script = f"date +%s.%N > {began}; python3 -c 'import {module}'"
            make = [TOOL, "attempt", url, project, f"{work}/cache", script]
            name = subprocess.run(make, check=True, capture_output=True, text=True, env=variables).stdout.strip()
            start = time.time()
            run = [APP, "agent", "run", "--store", url, "--attempt", name, "--home", disk]
            subprocess.run(run, check=True, env=variables)
            with open(began) as file:
                seconds = float(file.read()) - start
            os.unlink(began)
            return seconds

        def pip():
            shutil.rmtree(f"{work}/venv", ignore_errors=True)
            subprocess.run([PYTHON, "-m", "venv", f"{work}/venv"], check=True)
            return bucket.took([f"{work}/venv/bin/pip", "install", "-q", package])

        built = attempt()
        times = {"tenfold": [], "pip": []}
        for _ in range(ROUNDS):
            times["pip"].append(pip())
            times["tenfold"].append(attempt())
        own, peer = (statistics.median(times[name]) for name in ("tenfold", "pip"))
        row(f"start of an attempt with {package}, whose environment another machine has built ({built:.1f} s)", f"{own:.1f} s",
            f"{peer:.1f} s, `pip install` alone", f"{own / peer:.2f}", "≤ 0.3 ×", own <= 0.3 * peer)


def calls():
    """Calls of AWS while many runs are submitted and observed."""
    aws_double.calls(row, SMALLEST)


def machine():
    """Start-up on a machine that has the agent."""
    aws_double.machine(row, SMALLEST)


def kills():
    """Controllers that are killed."""
    aws_double.kills(row, SMALLEST)


def table():
    def git(*arguments):
        return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--", "src") else ""
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    commit = f"{git('rev-parse', '--short', 'HEAD')}{changed}"
    lines = [f"{time.strftime('%Y-%m-%d')}, commit {commit}, {os.cpu_count()} cores ({cpu}), load {os.getloadavg()[0]:.1f}.", ""]
    titles = ("what", "figure", "peer or floor", "ratio", "bound", "met?")
    lines += [f"| {' | '.join(cells)} |" for cells in (titles, ("---",) * 6, *rows)]
    return "\n".join(lines) + "\n"


every = {section.__name__: section for section in (calls, machine, environment, kills)}
if unknown := [name for name in SECTIONS if name not in every]:
    sys.exit(f"there is no {' or '.join(unknown)}; there are: {', '.join(every)}")
for name in SECTIONS or every:
    print(f"-- {name}", file=sys.stderr)
    every[name]()
print(table(), end="")
if not SECTIONS and not SMALLEST:
    with open("bench/AWS.md", "w") as file:
        file.write("# On AWS\n\nMade by `bench/aws`: medians, each beside its floor or peer in the same run. The S3 server and the package "
                   f"index share this machine.\n\n{table()}")
