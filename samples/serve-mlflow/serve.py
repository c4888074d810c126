# Serves a model folder as MLflow lays it out, and answers as `mlflow models serve` does, without MLflow. From "class Service" on, this is
# the serve.py that `tenfold init --serve` writes.
import json, os, signal, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY = 1024 * 1024


def load(folder):
    """Reads the MLmodel file, and the data that its python_function flavor names."""
    section, data = [], None
    with open(os.path.join(folder, "MLmodel")) as file:
        for line in file:  # A few lines of YAML: nested mappings of plain texts.
            name, _, value = line.strip().partition(":")
            depth = (len(line) - len(line.lstrip())) // 2
            section[depth:] = [name]
            if section == ["flavors", "python_function", "data"]:
                data = value.strip()
    if data is None:
        raise SystemExit("the MLmodel file names no data of a python_function")
    with open(os.path.join(folder, data)) as file:
        return json.load(file)


def predict(model, request):
    """Answers the formats of MLflow's scoring server with its predictions. A ValueError becomes status 400."""
    return {"predictions": [nearest(model, row) for row in rows_of(model, request)]}


def rows_of(model, request):
    if isinstance(request, dict) and isinstance(table := request.get("dataframe_split"), dict):
        columns, data = table.get("columns"), table.get("data")
        if not isinstance(columns, list) or not isinstance(data, list) or any(not isinstance(row, list) for row in data):
            raise ValueError("dataframe_split has columns and data")
        records = [dict(zip(columns, row)) for row in data]
    elif isinstance(request, dict) and isinstance(request.get("dataframe_records"), list):
        records = request["dataframe_records"]
    elif isinstance(request, dict) and isinstance(request.get("inputs"), list):
        records = [dict(zip(model["features"], row)) if isinstance(row, list) else row for row in request["inputs"]]
    else:
        raise ValueError("send dataframe_split, dataframe_records or inputs")
    for record in records:
        if not isinstance(record, dict) or not all(
                isinstance(record.get(name), (int, float)) and not isinstance(record[name], bool) for name in model["features"]):
            raise ValueError("each row has the numbers " + ", ".join(model["features"]))
    return [[record[name] for name in model["features"]] for record in records]


def nearest(model, row):
    return min(model["centroids"], key=lambda name: sum((a - b) ** 2 for a, b in zip(row, model["centroids"][name])))


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # The default of 5 makes bursts wait for a second.
    model, stopping, in_flight = None, False, 0
    idle = threading.Condition()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # Otherwise a reply may wait 40 ms for the client.
    timeout = 120

    def do_GET(self):
        is_ready = self.path == "/ping" and self.server.model is not None and not self.server.stopping
        self.reply(200 if is_ready else 503 if self.path == "/ping" else 404, {})

    def do_POST(self):
        with self.server.idle:
            self.server.in_flight += 1
        try:
            self.reply(*self.answer())
        finally:
            with self.server.idle:
                self.server.in_flight -= 1
                self.server.idle.notify_all()

    def answer(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self.close_connection = True
            return 411, {"error": "Content-Length is missing"}
        if int(length) > MAX_BODY:
            self.close_connection = True
            self.discard(min(int(length), 16 * 1024 * 1024))
            return 413, {"error": "the body is too long"}
        body = self.rfile.read(int(length))
        if self.path != "/invocations":
            return 404, {"error": "not found"}
        if self.server.model is None:
            return 503, {"error": "the model is not loaded yet"}
        try:
            return 200, predict(self.server.model, json.loads(body))
        except ValueError as fault:  # Bad JSON and bad UTF-8 are ValueErrors too.
            return 400, {"error": str(fault)}
        except Exception as fault:
            self.log_error("%r", fault)
            return 500, {"error": "internal error"}

    def discard(self, left):  # A client that is still sending would not see the reply.
        while left > 0 and (part := self.rfile.read(min(left, 65536))):
            left -= len(part)

    def reply(self, status, value):
        body = json.dumps(value).encode()
        if self.server.stopping:
            self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_):
        pass  # The gateway logs every request.


def main():
    address = (os.environ.get("TENFOLD_HOST", "0.0.0.0"), int(os.environ.get("TENFOLD_PORT", "8080")))
    service = Service(address, Handler)

    def stop(*_):
        service.stopping = True
        threading.Thread(target=service.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    listening = threading.Thread(target=service.serve_forever, args=(0.05,))
    listening.start()
    try:
        service.model = load(os.environ.get("TENFOLD_MODEL_DIR", "/opt/ml/model"))
    except BaseException:
        stop()
        raise
    listening.join()
    service.socket.close()  # From now on, connections are refused.
    with service.idle:
        service.idle.wait_for(lambda: service.in_flight == 0, timeout=24)


main()
