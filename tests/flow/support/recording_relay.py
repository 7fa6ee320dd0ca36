# SPDX-License-Identifier: Apache-2.0
"""Stands between a desk and the server with the certificates of both, and keeps every message in the clear: what is on
the wire, without the TLS around it."""
import concurrent.futures

import grpc

CONNECT = "/madoguchi.v1.DeskService/Connect"
STOP_SECONDS = 20
WORKERS = 8


class RecordingRelay(grpc.GenericRpcHandler):
    def __init__(self, upstream, root, server_key, server_chain, desk_key, desk_chain):
        self.messages = []  # serialised, both ways
        credentials = grpc.ssl_channel_credentials(root, desk_key, desk_chain)
        self._upstream = grpc.secure_channel(upstream, credentials, options=[("grpc.enable_http_proxy", 0)])
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(WORKERS))
        self._server.add_generic_rpc_handlers((self,))
        port = self._server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(
            [(server_key, server_chain)], root, require_client_auth=True))
        self.address = f"localhost:{port}"

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *unused):
        self._server.stop(1).wait(STOP_SECONDS)
        self._upstream.close()

    def service(self, handler_call_details):
        if handler_call_details.method == CONNECT:
            return grpc.stream_stream_rpc_method_handler(self._carry)
        return None

    def _carry(self, request_iterator, context):
        call = self._upstream.stream_stream(CONNECT)(self._kept(request_iterator))
        context.add_callback(call.cancel)
        try:
            yield from self._kept(call)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.CANCELLED:
                context.abort(error.code(), "the server closed the stream")

    def _kept(self, messages):
        for message in messages:
            self.messages.append(message)
            yield message
