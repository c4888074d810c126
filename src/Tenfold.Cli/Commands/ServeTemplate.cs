namespace Tenfold.Cli.Commands;

/// <summary>What <c>tenfold init --serve</c> writes beside a project.</summary>
internal static class ServeTemplate
{
    /// <summary>The lines of <c>tenfold.yaml</c>.</summary>
    public const string Project =
        """
        serve:
          command: python3 serve.py
          sample: sample.json

        """;

    /// <summary><c>sample.json</c>: the body of one request.</summary>
    public const string Sample = "{\"rows\": [[0.5, 1.2], [-1.0, 0.1]]}\n";

    /// <summary><c>serve.py</c>: a service of the model that the written training script makes.</summary>
    public const string Script =
        """"
        # Serves the model that train.py wrote, with Python's standard library alone. Replace load() and predict() with your own code.
        # The contract: GET /ping answers 200 only once the model is loaded; POST /invocations answers a request; after SIGTERM, /ping
        # fails, what is in flight is finished, and the program ends. `tenfold serve check` tests all of it.
        import json, os, signal, threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        MAX_BODY = 6 * 1024 * 1024


        def load(folder):
            with open(os.path.join(folder, "model.json")) as file:
                return json.load(file)


        def predict(model, request):
            """Answers {"rows": [[1.0, 2.0], ...]} with {"predictions": [1, ...]}. A ValueError becomes status 400."""
            rows = request.get("rows") if isinstance(request, dict) else None
            width = len(model["weights"])
            is_number = lambda x: isinstance(x, (int, float)) and not isinstance(x, bool)
            if not isinstance(rows, list) or not all(
                    isinstance(row, list) and len(row) == width and all(map(is_number, row)) for row in rows):
                raise ValueError(f"rows must be a list of lists of {width} numbers")
            scores = [sum(w * x for w, x in zip(model["weights"], row)) + model["bias"] for row in rows]
            return {"predictions": [int(score > 0) for score in scores]}


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

        """";
}
