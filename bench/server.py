"""Measures the server and prints the table. bench/server builds the programs and calls this."""

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from sheet import APP, SMALLEST, TOOL, measure, row

SERVER = f"{os.path.dirname(APP)}/tenfold-server"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
RATE, SECONDS, BRANCHES, PUSHES = (50, 2, 5, 1) if SMALLEST else (100, 60, 50, 7)
RUNS, MACHINES, MINUTES = (600, 5, 1) if SMALLEST else (20000, 100, 5)
KILLS, REPEAT = (2, 2) if SMALLEST else (500, 4)
IDLE, IDLE_BOUND, POWER_OFF = (10 if SMALLEST else 60), 30, 9
SECRET = "secret"
PATIENCE = 600

YAML = """\
name: toy
train: {{ command: sh train.sh, metric: {{ name: accuracy, goal: maximize }} }}
resources: {{ retries: 5, lost_retries: 100 }}
repeat: {repeat}
store: {store}
targets: {{ lab: {{ kind: pool }} }}
on: {{ push: {{ branches: ["**"] }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_true(what, check, patience=PATIENCE, pause=0.02):
    deadline = time.monotonic() + patience
    while not check():
        if time.monotonic() > deadline:
            sys.exit(f"after {patience} s it is not true that {what}")
        time.sleep(pause)


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Scene:
    """A home with a server, a repository, and a machine of its pool."""

    def __init__(self, folder, repeat=1):
        self.folder, self.home, self.port = folder, f"{folder}/home", free_port()
        self.server = self.agent = None
        self.environment = {**os.environ, "TENFOLD_HOME": self.home, "HOOK_SECRET": SECRET, "MARKS": f"{folder}/marks"}
        for name in ("TENFOLD_LEDGER", "TENFOLD_SERVER"):
            self.environment.pop(name, None)
        os.mkdir(f"{folder}/marks")
        os.makedirs(self.home, mode=0o700)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", f"{folder}/origin.git", place=folder)
        self.git("init", "--quiet", "--initial-branch=main", f"{folder}/clone", place=folder)
        self.git("remote", "add", "origin", f"{folder}/origin.git")
        with open(f"{self.home}/server.yaml", "w") as file:
            file.write(f'repositories: {{ acme/toy: {{ secret: HOOK_SECRET, url: "{folder}/origin.git" }} }}\n')
        with open(f"{folder}/clone/tenfold.yaml", "w") as file:
            file.write(YAML.format(repeat=repeat, store=f"{folder}/store"))

    def git(self, *arguments, place=None):
        names = {f"GIT_{role}_{what}": "ann@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        run = subprocess.run(
            ["git", *arguments], cwd=place or f"{self.folder}/clone", check=True, capture_output=True, text=True,
            env={**os.environ, **names, "GIT_CONFIG_GLOBAL": "/dev/null"})
        return run.stdout.strip()

    def push(self, script):
        with open(f"{self.folder}/clone/train.sh", "w") as file:
            file.write(script)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=change")
        self.git("push", "--quiet", "--force", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def start_server(self):
        self.server = subprocess.Popen([SERVER, "--url", f"http://127.0.0.1:{self.port}"], env=self.environment, **QUIET)
        await_true("the server listens", lambda: is_open(self.port))

    def start_agent(self, idle=None):
        """Starts the agent of the machine. With `idle` it is one of EC2, which its unit switches off when the agent ends with code 9."""
        more = ["--idle", f"{idle}s", "--instance", "i-0123456789abcdef0"] if idle else []
        environment = {**self.environment, "TENFOLD_HOME": f"{self.folder}/machine"}
        self.agent = subprocess.Popen(
            [APP, "agent", "serve", "--pool", "lab", "--store", f"{self.folder}/store", "--pass", "MARKS", *more],
            env=environment, **QUIET)

    def deliver(self, commit, delivery, branch="main", connection=None):
        """Delivers a push as GitHub does; returns the answer's code."""
        body = json.dumps({
            "ref": f"refs/heads/{branch}", "before": "0" * 40, "after": commit,
            "repository": {"id": 1, "full_name": "acme/toy"}}).encode()
        made = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        made.request("POST", "/hooks", body, {
            "Content-Type": "application/json", "X-GitHub-Event": "push", "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()})
        answer = made.getresponse()
        answer.read()
        if connection is None:
            made.close()
        return answer.status

    def read(self, file, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.home}/{file}?mode=ro", uri=True, timeout=60)) as database:
            return database.execute(sql).fetchall()

    def stop(self):
        for process in (self.server, self.agent):
            if process and process.poll() is None:
                process.terminate()
        for process in (self.server, self.agent):
            if process:
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextlib.contextmanager
def scene(**options):
    folder = tempfile.mkdtemp(prefix="tenfold-bench-")
    made = Scene(folder, **options)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def webhooks():
    """Deliveries at a fixed rate, each timed from the moment at which it was due."""
    with scene() as place:
        commit = place.push("echo hello\n")
        place.start_server()
        place.deliver(commit, "first")
        count, workers = RATE * SECONDS, 32
        took, codes, lock, number = [], [], threading.Lock(), iter(range(count))
        begin = time.monotonic() + 0.2

        def work():
            connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=60)
            while True:
                with lock:
                    i = next(number, None)
                if i is None:
                    break
                due = begin + i / RATE
                time.sleep(max(0, due - time.monotonic()))
                code = place.deliver(f"{i + 1:040x}", f"d{i}", branch=f"b{i % BRANCHES}", connection=connection)
                with lock:
                    took.append(time.monotonic() - due)
                    codes.append(code)
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stored = place.read("server/pushes.db", "SELECT COUNT(*) FROM deliveries WHERE id LIKE 'github-d%'")[0][0]
        accepted = codes.count(202)
        p50, p99 = statistics.median(took), sorted(took)[int(len(took) * 0.99)]
        bound = None if SMALLEST else p99 <= 0.05
        row(f"webhook answered at {RATE} deliveries/s: median", f"{p50 * 1000:.1f} ms", "", "", "", None)
        row(f"webhook answered at {RATE} deliveries/s: p99", f"{p99 * 1000:.1f} ms", "", "", "≤ 50 ms", bound)
        row("deliveries lost", f"{count - min(accepted, stored)} of {count}", "", "", "0", accepted == stored == count)


def start():
    """From the delivery of a push to the first line of its script, on a machine that has trained before."""
    with scene() as place:
        place.start_server()
        place.start_agent()
        times = []
        for i in range(PUSHES + 1):
            mark = f"{place.folder}/marks/start{i}"
            commit = place.push(f'date +%s.%N > "$MARKS/start{i}"\n')
            since = time.time()
            place.deliver(commit, f"s{i}")
            await_true("the script runs", lambda mark=mark: os.path.exists(mark) and os.path.getsize(mark) > 5)
            with open(mark) as file:
                times.append(float(file.read()) - since)
        warm = times[1:]
        row("push to the first line of the script, cold", f"{times[0]:.1f} s", "", "", "", None)
        worst = max(warm)
        row("push to the first line of the script, warm: median", f"{statistics.median(warm):.1f} s", "", "", "", None)
        row("push to the first line of the script, warm: longest", f"{worst:.1f} s", "", "", "≤ 5 s", None if SMALLEST else worst <= 5)


def rounds():
    """Rounds over a pool whose machines only write their records; then a server over the same home."""
    folder = tempfile.mkdtemp(prefix="tenfold-bench-")
    try:
        home = f"{folder}/home"
        os.makedirs(home, mode=0o700)
        done = subprocess.run([TOOL, "rounds", home, f"{RUNS}", f"{MACHINES}", f"{MINUTES}"], check=True, capture_output=True, text=True)
        figures = json.loads(done.stdout)
        what = f"{RUNS:,} live runs on {MACHINES} machines"
        row(f"{what}: first round", f"{figures['first']:.2f} s", "", "", "", None)
        row(f"{what}: median round", f"{figures['median']:.2f} s", "", "", "", None)
        row(f"{what}: longest round", f"{figures['longest']:.2f} s", "", "", "≤ 2 s", None if SMALLEST else figures["longest"] <= 2)
        requests = figures["requests"]
        row("store requests a live run and minute", f"{requests:.2f}", "", "", "≤ 1", None if SMALLEST else requests <= 1)
        port = free_port()
        environment = {**os.environ, "TENFOLD_HOME": home}
        environment.pop("TENFOLD_LEDGER", None)
        server = subprocess.Popen([SERVER, "--url", f"http://127.0.0.1:{port}"], env=environment, **QUIET)
        try:
            await_true("the server listens", lambda: is_open(port))

            def health():
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/health")
                answer = json.loads(connection.getresponse().read())
                connection.close()
                return answer

            seen = set()
            for _ in range(3 if SMALLEST else 8):
                await_true("a round ends", lambda: health().get("lastRoundAt") not in seen | {None}, pause=0.2)
                seen.add(health()["lastRoundAt"])
            live = health()["live"]
            if live != RUNS:
                sys.exit(f"the server follows {live} runs instead of {RUNS}")
            with open(f"/proc/{server.pid}/status") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1000
        finally:
            server.kill()
            server.wait()
        row(f"{what}: peak memory of the server", f"{peak:.0f} MB", "", "", "≤ 500 MB", None if SMALLEST else peak <= 500)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# A run that is lost continues as another attempt. Two attempts of a run must never execute at once.
SCRIPT = """\
exec 9> "$MARKS/lock-$TENFOLD_RUN"
flock -n 9 || echo "$TENFOLD_RUN" >> "$MARKS/twice"
echo '{"metric":"accuracy","value":0.9'$TENFOLD_REPEAT'}'
sleep 0.$(( (TENFOLD_REPEAT * 37) % 90 + 10 ))
"""


def kills():
    """SIGKILLs of the server, the agent, or both, at any moment of pushes that follow each other."""
    chance = random.Random(7)
    with scene(repeat=REPEAT) as place:
        place.start_server()
        place.start_agent(IDLE)
        number = 0

        def push():
            nonlocal number
            number += 1
            commit = place.push(f"# {number}\n{SCRIPT}")
            # A delivery that a killed server did not answer is sent again, as an operator does from the host's page.
            for _ in range(100):
                try:
                    if place.deliver(commit, f"k{number}") in (200, 202):
                        return
                except OSError:
                    pass
                if place.server.poll() is not None:
                    place.start_server()
                time.sleep(0.1)
            sys.exit("a delivery is not accepted")

        for _ in range(KILLS):
            push()
            time.sleep(chance.uniform(0, 2))
            for which in chance.choice((("server",), ("agent",), ("server", "agent"))):
                process = getattr(place, which)
                process.kill()
                process.wait()
            if place.server.poll() is not None:
                place.start_server()
            if place.agent.poll() is not None:
                place.start_agent(IDLE)
        push()

        def is_over():
            # Work that waits starts the machine again.
            if place.agent.poll() is not None:
                place.start_agent(IDLE)
            return not place.read("server/pushes.db", "SELECT 1 FROM pushes WHERE open = 1") and not place.read(
                "ledger.db", "SELECT 1 FROM runs WHERE state NOT IN ('succeeded', 'failed', 'cancelled')")

        await_true("all runs have ended", is_over, pause=0.5)
        since = time.monotonic()
        await_true("the machine switches itself off", lambda: place.agent.poll() is not None, pause=0.1)
        took, code = time.monotonic() - since, place.agent.returncode
        states = place.read("ledger.db", "SELECT state, COUNT(*) FROM runs GROUP BY state")
        total = sum(count for _, count in states)
        lost = total - dict(states).get("succeeded", 0)
        again = place.read(
            "ledger.db", "SELECT COUNT(*) FROM attempts a JOIN attempts b ON b.run_id = a.run_id AND b.number > a.number "
            "WHERE a.state = 'succeeded'")[0][0]
        groups = place.read("ledger.db", "SELECT COUNT(*) FROM groups")[0][0]
        pushes = place.read("server/pushes.db", "SELECT COUNT(*) FROM pushes")[0][0]
        twice = 0
        if os.path.exists(f"{place.folder}/marks/twice"):
            with open(f"{place.folder}/marks/twice") as file:
                twice = len(file.readlines())
        row(f"runs lost in {KILLS} SIGKILLs of server and agent", f"{lost} of {total} in {groups} groups", "", "", "0", lost == 0)
        row("runs that executed twice at once", f"{twice} of {total}", "", "", "0", twice == 0)
        row("attempts after one that succeeded", f"{again}", "", "", "0", again == 0)
        row("machines left on", f"{0 if code == POWER_OFF else 1} of 1", "", "", "0", code == POWER_OFF)
        within = None if SMALLEST else took <= IDLE + IDLE_BOUND
        row(f"idle machine with `idle: {IDLE}s` off after its last run", f"{took:.0f} s", "", "", f"≤ {IDLE + IDLE_BOUND} s", within)
        row("pushes lost or recorded twice", f"{abs(pushes - number)} of {number}", "", "", "0", pushes == number)


measure(
    (webhooks, start, rounds, kills), "bench/SERVER.md", "The server",
    "`bench/server` measures `tenfold server` with real deliveries, a real repository and a real machine of a pool. In `rounds`, the\n"
    "machines of the pool are imagined: they only write their records. Load generator, server and machine share the cores.")
