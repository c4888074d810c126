"""Stands in for the agent in tests of Slurm alone: claims the attempt, runs its command, obeys the stop mark and reports."""
import json, os, signal, subprocess, sys, time

store, attempt = sys.argv[4], sys.argv[6]
folder = f"{store}/attempts/{attempt}"


def write(name, text):
    with open(f"{folder}/{name}.new", "w") as file:
        file.write(text)
    os.rename(f"{folder}/{name}.new", f"{folder}/{name}")


def report(**fields):
    write("state.json", json.dumps(fields))


def ended():
    """True when a test has reported the attempt's end in this agent's place, as if the agent now carried out another attempt."""
    with open(f"{folder}/state.json") as file:
        return json.load(file)["state"] != "Running"


def terminated(*_):
    global is_terminated
    is_terminated = True


is_terminated = False
signal.signal(signal.SIGTERM, terminated)
try:
    os.close(os.open(f"{folder}/claim", os.O_CREAT | os.O_EXCL))
except FileExistsError:
    sys.exit(0)
with open(f"{folder}/assignment.json") as file:
    assignment = json.load(file)
report(state="Running")
environment = dict(os.environ, TENFOLD_RUN=attempt.rsplit("-", 1)[0], TENFOLD_ATTEMPT=attempt)
process = subprocess.Popen(["/bin/sh", "-c", assignment["spec"]["command"]], env=environment, start_new_session=True)
while process.poll() is None:
    write("heartbeat", str(int(time.time() * 1000)))
    stopped = os.path.exists(f"{folder}/stop") and not ended()
    if stopped or is_terminated:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        report(state="Cancelled" if stopped else "Failed", ending="Cancelled" if stopped else "Signalled", reason="stopped")
        sys.exit(0)
    time.sleep(0.05)
report(state="Succeeded" if process.returncode == 0 else "Failed", ending="Exited", exitCode=process.returncode)
