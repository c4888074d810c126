"""Measures the gateway and prints the table. bench/serving builds the programs and calls this."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from sheet import APP, ROOT, SMALLEST, measure, row

GATEWAY = f"{os.path.dirname(APP)}/tenfold-gateway"
MODEL = f"{ROOT}/artifacts/bench/model/model"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
ROUNDS, SECONDS, KILLS, CHANGES, DEPLOYS = (1, 1, 1, 2, 1) if SMALLEST else (5, 4, 20, 50, 10)
BODY = '{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2}'
TICKS = os.sysconf("SC_CLK_TCK")


def tool(name):
    """A program of Debian, which may not be on the PATH of a user."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/bin")
    return path or sys.exit(f"{name} is not installed: ./test installs it")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port, process):
    """Waits until somebody listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with exit code {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"{process.args[0]} does not listen")


@contextlib.contextmanager
def running(command, port, **options):
    """A process that listens on a port, and ends with the block."""
    process = subprocess.Popen(command, **{**QUIET, **options})
    try:
        await_port(port, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def model(milliseconds):
    port = free_port()
    with running([MODEL, str(port), str(milliseconds)], port) as process:
        yield port, process


@contextlib.contextmanager
def nginx(upstream):
    port = free_port()
    folders = "\n".join(f"{kind}_temp_path {work}/nginx-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = f"{work}/nginx.conf"
    with open(path, "w") as file:
        file.write(f"""worker_processes 2; daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log;
            events {{ worker_connections 1024; }}
            http {{ access_log off; {folders} keepalive_requests 1000000000;
              upstream model {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000000; }}
              server {{ listen 127.0.0.1:{port}; location / {{
                proxy_pass http://model/; proxy_http_version 1.1; proxy_set_header Connection ""; }} }} }}""")
    with running([tool("nginx"), "-c", path], port) as process:
        yield port, process


@contextlib.contextmanager
def haproxy(upstream):
    port = free_port()
    path = f"{work}/haproxy.cfg"
    with open(path, "w") as file:
        file.write(f"""global\n  nbthread 2\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s
frontend f\n  bind 127.0.0.1:{port}\n  default_backend b\nbackend b\n  http-reuse always\n  server s 127.0.0.1:{upstream}\n""")
    with running([tool("haproxy"), "-db", "-f", path], port) as process:
        yield port, process


def home(upstream, *versions):
    """A home whose versions are one service that runs already."""
    folder = tempfile.mkdtemp(dir=work)
    for version in versions or ("1.0",):
        tenfold(folder, "deploy", "--url", f"http://127.0.0.1:{upstream}", "--model", "iris", "--as", version)
    return folder


def without_database(folder):
    """A folder in the place of the database: requests stay in the spool."""
    os.makedirs(f"{folder}/serving/requests.db")
    return folder


def tenfold(folder, *arguments):
    done = subprocess.run([APP, *arguments], env={**os.environ, "TENFOLD_HOME": folder}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"tenfold {' '.join(arguments)}: {done.stderr}")


@contextlib.contextmanager
def gateway(folder, *options):
    port = free_port()
    environment = {**os.environ, "TENFOLD_HOME": folder}
    with running([GATEWAY, "--url", f"http://127.0.0.1:{port}", *options], port, env=environment) as process:
        deadline = time.monotonic() + 30
        while not is_ready(port):
            if time.monotonic() > deadline:
                sys.exit("the model is not ready")
            time.sleep(0.05)
        yield port, process


def is_ready(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/models/iris/ready", timeout=5).status == 200
    except urllib.error.HTTPError:
        return False


def processor_seconds(process):
    """The processor time of a process and its children."""
    total = 0
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    for pid in [str(process.pid), *children]:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def load(port, process, path="/models/iris/invocations", seconds=None, connections=32):
    """Requests a second, processor microseconds for each, how many failed, and which time 99 % of the replies keep, in microseconds."""
    script = f"{work}/post.lua"
    with open(script, "w") as file:
        file.write(f"wrk.method='POST'; wrk.body='{BODY}'; wrk.headers['Content-Type']='application/json'\n"
                   "done = function(s, l) io.write(string.format('RESULT %d %d %d %d\\n', s.requests, s.duration, "
                   "s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout, l:percentile(99))) end\n")
    before = processor_seconds(process)
    command = [tool("wrk"), "-t1", f"-c{connections}", f"-d{seconds or SECONDS}s", "-s", script, f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    requests, duration, failed, p99 = (int(word) for word in next(line for line in out.splitlines() if line.startswith("RESULT")).split()[1:])
    used = processor_seconds(process) - before
    return requests / duration * 1e6, used / max(requests, 1) * 1e6, failed, p99


def alternate(servers):
    """The medians of each server. Each round measures all in turn; before, each gets load until its code is compiled."""
    figures = {name: [] for name in servers}
    for _ in range(1 if SMALLEST else 3):
        for port, process, path in servers.values():
            load(port, process, path)
    for _ in range(ROUNDS):
        for name, (port, process, path) in servers.items():
            figures[name].append(load(port, process, path))
    return {name: tuple(statistics.median(of[i] for of in values) for i in range(4)) for name, values in figures.items()}


def rate():
    """A model that costs nothing."""
    route = "/models/iris/invocations"
    with contextlib.ExitStack() as stack:
        port, process = stack.enter_context(model(0))
        servers = {"direct": (port, process, "/invocations")}
        for name, proxy in (("nginx", nginx), ("haproxy", haproxy)):
            servers[name] = (*stack.enter_context(proxy(port)), "/invocations")
        for name, options in (("write", ()), ("async", ("--durability", "async")), ("yarp", ("--forwarding", "yarp"))):
            servers[name] = (*stack.enter_context(gateway(home(port), *options)), route)
        servers["down"] = (*stack.enter_context(gateway(without_database(home(port)))), route)
        found = alternate(servers)
    direct, peer, ours = found["direct"], found["nginx"], found["write"]
    for name in ("nginx", "haproxy"):
        ratio = found[name][0] / direct[0]
        row(f"{name}, no log: requests/s", f"{found[name][0]:,.0f}", f"direct {direct[0]:,.0f}", f"{ratio:.2f}", "", None)
    ratio = ours[0] / direct[0]
    row("gateway, `write`: requests/s", f"{ours[0]:,.0f}", f"direct {direct[0]:,.0f}", f"{ratio:.2f}", "≥ 0.5", ratio >= 0.5)
    ratio = ours[1] / peer[1]
    row("gateway: processor time a request", f"{ours[1]:.0f} µs", f"nginx {peer[1]:.0f} µs", f"{ratio:.2f}", "≤ 2.2", ratio <= 2.2)
    ratio = found["down"][1] / peer[1]
    row("the same while the database is down", f"{found['down'][1]:.0f} µs", f"nginx {peer[1]:.0f} µs", f"{ratio:.2f}", "", None)
    ratio = found["down"][0] / direct[0]
    row("requests/s while the database is down", f"{found['down'][0]:,.0f}", f"direct {direct[0]:,.0f}", f"{ratio:.2f}", "", None)
    ratio = found["down"][3] / ours[3]
    row("99 % of replies, database down ÷ up", f"{found['down'][3] / 1000:.1f} ms", f"up {ours[3] / 1000:.1f} ms", f"{ratio:.2f}", "≤ 1.1",
        ratio <= 1.1)
    ratio = ours[0] / found["async"][0]
    row("`write` ÷ `async`: requests/s", f"{ours[0]:,.0f}", f"async {found['async'][0]:,.0f}", f"{ratio:.2f}", "≥ 0.85", ratio >= 0.85)
    yarp = found["yarp"]
    row("all by YARP: requests/s", f"{yarp[0]:,.0f}", f"direct {direct[0]:,.0f}", f"{yarp[0] / direct[0]:.2f}", "", None)
    row("all by YARP: processor time a request", f"{yarp[1]:.0f} µs", f"nginx {peer[1]:.0f} µs", f"{yarp[1] / peer[1]:.2f}", "", None)


def slow():
    """A model that takes 5 ms."""
    with model(5) as (port, process), gateway(home(port)) as (ours, program):
        found = alternate({"direct": (port, process, "/invocations"), "ours": (ours, program, "/models/iris/invocations")})
    ratio = found["ours"][0] / found["direct"][0]
    row("5 ms model: requests/s", f"{found['ours'][0]:,.0f}", f"direct {found['direct'][0]:,.0f}", f"{ratio:.2f}", "≥ 0.95", ratio >= 0.95)


def kills():
    """Requests that were acknowledged are in the database after SIGKILLs under load, each once."""
    acknowledged, stop = [], threading.Event()
    with model(0) as (upstream, _):
        folder, port = home(upstream), free_port()
        environment = {**os.environ, "TENFOLD_HOME": folder}
        command = [GATEWAY, "--url", f"http://127.0.0.1:{port}"]

        def ask():
            while not stop.is_set():
                request = urllib.request.Request(f"http://127.0.0.1:{port}/models/iris/invocations", BODY.encode())
                try:
                    with urllib.request.urlopen(request, timeout=10) as reply:
                        reply.read()
                        acknowledged.append(reply.headers["Tenfold-Request-Id"])
                except OSError:
                    time.sleep(0.01)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            count = len(acknowledged)
            process = subprocess.Popen(command, env=environment, **QUIET)
            await_port(port, process)
            deadline = time.monotonic() + 30
            while len(acknowledged) < count + 200 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
        stop.set()
        for thread in threads:
            thread.join()
        # The next gateway loads what is left.
        with running(command, port, env=environment):
            deadline = time.monotonic() + 60
            while (missing := len(set(acknowledged) - set(stored(folder)))) and time.monotonic() < deadline:
                time.sleep(0.1)
        ids = stored(folder)
    twice = len(ids) - len(set(ids))
    row(f"acknowledged requests missing after {KILLS} SIGKILLs", f"{missing} of {len(acknowledged):,}", "", "", "0", missing == 0)
    row("requests stored twice", f"{twice} of {len(ids):,}", "", "", "0", twice == 0)


def stored(folder):
    """The ids of the requests in the database."""
    with contextlib.closing(sqlite3.connect(f"{folder}/serving/requests.db", timeout=30)) as database:
        rows = database.execute("SELECT id FROM requests").fetchall()
    return [str(one[0]) for one in rows]


def memory():
    """The gateway's memory at full load while the database is down. The spool is full long before the end, and takes 1 GB of the disk."""
    seconds = int(os.environ.get("TENFOLD_BENCH_SECONDS", "2" if SMALLEST else "600"))
    samples, stop = [], threading.Event()
    options = ("--when-full", "drop", "--budget-bytes", str(10**9))
    with model(0) as (upstream, _), gateway(without_database(home(upstream)), *options) as (port, process):

        def sample():
            while not stop.wait(seconds / 100):
                samples.append(resident(process))

        thread = threading.Thread(target=sample)
        thread.start()
        rate = load(port, process, seconds=seconds)[0]
        stop.set()
        thread.join()
    tenth = max(len(samples) // 10, 1)
    early, late = statistics.median(samples[tenth:3 * tenth]), statistics.median(samples[-2 * tenth:])
    row(f"gateway memory after {seconds} s at {rate:,.0f} requests/s, database down", f"{late:,.0f} MB", f"at the beginning {early:,.0f} MB",
        f"{late / early:.2f}", "≤ 1.1", late / early <= 1.1)


def resident(process):
    """The memory of a process in MB."""
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1024


def loader():
    """How quickly a spool is loaded into SQLite, beside how quickly the gateway fills it."""
    with model(0) as (upstream, _):
        folder = without_database(home(upstream))
        with gateway(folder) as (port, process):
            load(port, process)
            peak = load(port, process, seconds=1 if SMALLEST else 20)[0]
        os.rmdir(f"{folder}/serving/requests.db")
        began = ended = time.monotonic()
        loaded = 0
        with gateway(folder):
            # It has loaded all once nothing has come for two seconds.
            while time.monotonic() - ended < (2 if loaded else 60):
                if (count := count_stored(folder)) > loaded:
                    loaded, ended = count, time.monotonic()
                time.sleep(0.05)
    rate = loaded / (ended - began)
    row("rows loaded into SQLite a second", f"{rate:,.0f}", f"gateway at its peak {peak:,.0f}", f"{rate / peak:.2f}", "≥ 2", rate / peak >= 2)


def count_stored(folder):
    """How many requests are in the database; 0 before there is one."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{folder}/serving/requests.db?mode=rw", uri=True, timeout=30)) as database:
            return database.execute("SELECT COUNT(*) FROM requests").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def changes():
    """Route changes and deploys under load."""
    with model(0) as (upstream, _):
        folder = home(upstream, "1.0", "1.1")
        with gateway(folder) as (port, process):
            result = {}
            seconds = 5 if SMALLEST else 90
            thread = threading.Thread(target=lambda: result.update(found=load(port, process, seconds=seconds, connections=8)))
            thread.start()
            made, deployed, began = 0, 0, time.monotonic()
            while made + deployed < CHANGES + DEPLOYS and time.monotonic() < began + seconds - 1:
                if deployed < DEPLOYS and made >= deployed * CHANGES // DEPLOYS:
                    tenfold(folder, "deploy", "--url", f"http://127.0.0.1:{upstream}", "--model", "iris", "--as", f"2.{deployed}")
                    deployed += 1
                    continue
                share = 10 + made % 80
                tenfold(folder, "traffic", "iris", f"1.0={100 - share}", f"1.1={share}")
                made += 1
            thread.join()
    failed, is_whole = result["found"][2], (made, deployed) == (CHANGES, DEPLOYS)
    row(f"requests that failed during {made} route changes and {deployed} deploys", f"{failed}", "", "", "0", failed == 0 and is_whole)


work = tempfile.mkdtemp(prefix="tenfold-bench-")
try:
    measure([rate, slow, loader, memory, kills, changes], f"{ROOT}/bench/SERVING.md", "The gateway beside nginx and HAProxy", """\
`bench/serving` starts a model server that only reads JSON, adds four numbers and writes JSON. It measures the server directly, through
nginx and HAProxy (which log nothing), and through the gateway, which logs every request. Each figure is the median of five rounds in
turn; wrk sends from one thread over 32 connections. The load generator, the model and the proxies share the machine's cores. The
processor time of the gateway includes loading the requests into SQLite, unless a row says otherwise. A gateway that is busy loads at a
quarter of its speed until 64 MB wait, so a part of the loading comes after the seconds that are measured. `bench/serving memory` measures only
the memory, in ten minutes; `TENFOLD_BENCH_SECONDS=120 bench/serving memory` takes two.""")
finally:
    shutil.rmtree(work, ignore_errors=True)
