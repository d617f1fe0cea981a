"""Speaks the language server protocol with a server over pipes."""
import json
import subprocess
import threading


class Server:
    def __init__(self, command, seconds=60):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # A server that hangs is ended, so that reading from it fails.
        self.timer = threading.Timer(seconds, self.process.kill)
        self.timer.daemon = True
        self.timer.start()
        self.next_id = 0
        self.diagnostics = {}  # by URI, the last ones

    def send_bytes(self, body):
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def send(self, message):
        self.send_bytes(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method, **params):
        self.send({"method": method, "params": params})

    def receive(self):
        length = None
        while (line := self.process.stdout.readline().strip()) or length is None:
            if not line:
                raise EOFError("the server ended")
            name, value = line.split(b":")
            if name == b"Content-Length":
                length = int(value)
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def request(self, method, **params):
        """The result, or the error object."""
        self.next_id += 1
        self.send({"id": self.next_id, "method": method, "params": params})
        while (answer := self.receive()).get("id") != self.next_id or "method" in answer:
            pass
        return answer["error"] if "error" in answer else answer["result"]

    def published(self, uri):
        """Waits for the diagnostics of a document that was opened or changed just now."""
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]["diagnostics"]

    def finish(self):
        """The exit code."""
        self.process.stdin.close()
        code = self.process.wait()
        self.timer.cancel()
        return code
