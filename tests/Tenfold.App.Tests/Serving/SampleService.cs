using Tenfold.App.Serving.Replicas;

namespace Tenfold.App.Tests.Serving;

/// <summary>A small model service in Python, whose faults its arguments name.</summary>
internal static class SampleService
{
    /// <summary>
    /// Faults: <c>crash</c> (ends with code 3 and a message), <c>never</c> (never ready), <c>early</c> (200 before it is loaded),
    /// <c>once</c> (ends after the first invocation), <c>stubborn</c> (ignores SIGTERM), <c>abrupt</c> (dies at SIGTERM), <c>lenient</c>
    /// (200 for bad JSON), <c>fragile</c> (500 for bad JSON), <c>serial</c> (one request at a time), <c>small</c> (drops large bodies),
    /// <c>orphan</c> (leaves a process in a session of its own), <c>sick</c> (503 to pings after the first invocation).
    /// </summary>
    public const string Script =
        """
        import http.server, json, os, signal, subprocess, sys, threading, time
        faults = set(sys.argv[1:])
        if 'crash' in faults:
            print('the model is broken', flush=True); sys.exit(3)
        if 'orphan' in faults:
            subprocess.Popen(['sleep', '600'], start_new_session=True)
        gate, state = threading.Condition(), {'loaded': False, 'busy': 0, 'calls': 0, 'draining': False}
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, disable_nagle_algorithm = 'HTTP/1.1', True
            def log_message(self, *args): pass
            def reply(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                if state['draining']: self.send_header('Connection', 'close')
                self.end_headers()
                self.wfile.write(body)
            def do_GET(self):
                isSick = 'sick' in faults and state['calls'] > 0
                ok = (state['loaded'] or 'early' in faults) and not state['draining'] and not isSick
                self.reply(200 if ok else 503, {})
            def do_POST(self):
                with gate: state['busy'] += 1
                try:
                    length = int(self.headers['Content-Length'])
                    if 'small' in faults and length > 100000:
                        self.close_connection = True
                        return
                    body = self.rfile.read(length)
                    try: value = json.loads(body)
                    except ValueError:
                        return self.reply(200 if 'lenient' in faults else 500 if 'fragile' in faults else 400, {'error': 'not JSON'})
                    if not state['loaded']: return self.reply(503, {'error': 'not loaded'})
                    state['calls'] += 1
                    self.reply(200, {'prediction': 1, 'model': os.environ.get('TENFOLD_MODEL_DIR')})
                    if 'once' in faults: os._exit(4)
                finally:
                    with gate:
                        state['busy'] -= 1
                        gate.notify_all()
        class Server(http.server.HTTPServer if 'serial' in faults else http.server.ThreadingHTTPServer):
            request_queue_size, daemon_threads = 128, True
        server = Server(('127.0.0.1', int(os.environ['TENFOLD_PORT'])), Handler)
        def stop(*_):
            if 'stubborn' in faults: return
            if 'abrupt' in faults: os._exit(1)
            state['draining'] = True
            threading.Thread(target=server.shutdown).start()
        signal.signal(signal.SIGTERM, stop)
        def load():
            if 'never' in faults: return
            if 'early' in faults: time.sleep(2)
            state['loaded'] = True
        threading.Thread(target=load, daemon=True).start()
        server.serve_forever(0.02)
        with gate: gate.wait_for(lambda: state['busy'] == 0, 20)
        """;

    /// <summary>Python's path.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>The service with some faults, ready to be started.</summary>
    public static ServedVersion Version(TemporaryFolder folder, int replicas = 1, params string[] faults) => new()
    {
        Model = "toy",
        Version = "1.0.0",
        Program = Python,
        Arguments = [folder.Write("service.py", Script), .. faults],
        Variables = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        Folder = folder.Path,
        Logs = folder["logs"],
        Replicas = replicas,
    };
}
