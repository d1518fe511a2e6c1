"""Receives webhooks on a port, and believes those that are signed with ATTEST_WEBHOOK_SECRET: webhook_receiver.py [PORT]"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from attest_sdk.webhooks import verify_webhook

SECRET = os.environ["ATTEST_WEBHOOK_SECRET"]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # The body as it came: parsing and writing it again would not give the same bytes.
        if not verify_webhook(body, self.headers.get("X-Attest-Signature"), SECRET):
            self.send_error(401)
            return
        event = json.loads(body)
        print(f"{event['event']}: {event['data']}", flush=True)
        self.send_response(204)
        self.end_headers()


server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Receiver)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
