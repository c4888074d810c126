"""Measures and prints the table of figures on AWS. bench/aws builds the programs and calls this."""

import contextlib
import functools
import http.server
import os
import statistics
import subprocess
import tempfile
import threading
import time
import zipfile

import store as bucket
from aws_double import calls, hour, kills, machine
from sheet import APP, SMALLEST, TOOL, measure, row

PYTHON = "/usr/bin/python3"
ROUNDS = 1 if SMALLEST else 3


@contextlib.contextmanager
def s3(work):
    """The S3 server of the tests, which the commands that follow use."""
    with bucket.server(f"{work}/data") as endpoint:
        os.environ.update(AWS_ACCESS_KEY_ID="S3RVER", AWS_SECRET_ACCESS_KEY="S3RVER", AWS_DEFAULT_REGION="us-east-1",
                          AWS_ENDPOINT_URL_S3=endpoint, AWS_EC2_METADATA_DISABLED="true")
        yield "s3://bench/tenfold"


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
                    if "__pycache__" not in parent:
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
                      PIP_NO_CACHE_DIR="1", PIP_FIND_LINKS="", PIP_DISABLE_PIP_VERSION_CHECK="1")
    try:
        yield
    finally:
        server.shutdown()


def renew(path):
    """Moves a folder away. What is written next lies on a disk where nothing was deleted: ext4 creates files slowly after that."""
    if os.path.exists(path):
        os.rename(path, f"{path}-{time.time_ns()}")


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
            renew(disk)
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
            renew(f"{work}/venv")
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


measure((calls, hour, machine, environment, kills), "bench/AWS.md", "On AWS",
        "Made by `bench/aws`: medians, each beside its floor or peer in the same run. The servers and the package index share this machine.")
