# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The one place from which this product calls a channel.

Written for addresses that a user typed in: the name is resolved once, the address checked, and the connection made
to that very address with the name in TLS and in `Host`, so that a second resolution cannot lead elsewhere. No
proxies, no redirects, no cookies; certificates are always verified. One deadline covers the whole call: a watchdog
shuts the socket, because time-outs per read never end a server that drips.

The exceptions tell what the publisher must know: whether the channel can have taken the request.
"""

import contextlib
import email.utils
import http.client
import ipaddress
import logging
import math
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from odoo import modules, release

from . import const
from .errors import ChannelMisconfigured, ChannelRefused, ChannelRetry

_logger = logging.getLogger(__name__)

_PLAIN = re.compile(r"[!-~]*")  # what a request line can carry

USER_AGENT = f"AvailableToSell (Odoo {release.major_version})"


@dataclass(frozen=True)
class Response:
    """What came back: header names in lower case, the body complete."""

    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Request:
    """One call. `allowed_hosts`: hosts that may be private, without TLS and on any port (see `allowed_hosts`).

    `transport` replaces the network: a function Request → Response. Only the demo channel has one.
    """

    method: str
    url: str
    headers: dict = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    allowed_hosts: frozenset = frozenset()
    transport: Callable | None = field(default=None, repr=False)


#: What to do about a refused address.
ALLOW_HINT = "a system administrator can allow it under Available to Sell / Configuration / Private addresses."


def allowed_hosts(env):
    """Hosts the administrator has allow-listed: names, addresses or host:port, in lower case."""
    text = env["ir.config_parameter"].sudo().get_param(const.ALLOWED_HOSTS_PARAMETER) or ""
    return frozenset(part.strip().lower() for part in text.split(",") if part.strip())


def check_url(url, allowed=frozenset()):
    """Return `url` split; raise ChannelMisconfigured if no call to it is ever allowed. Does not resolve names."""
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError as error:
        raise ChannelMisconfigured("address_invalid", f"Not an address: {error}.") from error
    if not _PLAIN.fullmatch(url or ""):
        raise ChannelMisconfigured("address_invalid", "The address must be written without spaces and in ASCII (xn--…, %C3…).")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ChannelMisconfigured("address_invalid", "The address must look like https://shop.example/path.")
    if parts.username is not None or parts.password is not None:
        raise ChannelMisconfigured("address_invalid", "The address must not hold a user name or password.")
    if _is_allowed(parts, allowed):
        return parts
    if parts.scheme != "https":
        raise ChannelMisconfigured("address_refused", f"The address must begin with https://. For a shop in your own network {ALLOW_HINT}")
    if (port or 443) not in const.PUBLIC_PORTS:
        raise ChannelMisconfigured(
            "address_refused", f"Port {port} is refused: {ALLOW_HINT}"
        )
    return parts


def call(request):
    """Make the call and return its `Response`, whatever the status.

    :raises ChannelMisconfigured: the address is refused
    :raises ChannelRetry: no answer; `delivered` is False while nothing can have been sent
    """
    if request.transport is not None:
        return request.transport(request)
    if modules.module.current_test:
        raise RuntimeError("a test tried to call a channel over the network: patch ats_channel.http.call")
    deadline = time.monotonic() + const.CALL_DEADLINE_S
    parts = check_url(request.url, request.allowed_hosts)
    address = _resolve(parts, request.allowed_hosts, deadline)
    connection = _connect(parts, address, deadline)
    expired = threading.Event()
    watchdog = _watch(connection.sock, deadline, expired)
    try:
        return _exchange(connection, parts, request)
    except (OSError, http.client.HTTPException) as error:
        # From here on the request may have arrived: nobody can know the outcome.
        if expired.is_set() or isinstance(error, TimeoutError):
            raise ChannelRetry("timeout", f"No complete answer within {const.CALL_DEADLINE_S:g} s.") from error
        raise ChannelRetry("connection_lost", f"The connection broke: {type(error).__name__}.") from error
    finally:
        watchdog.cancel()
        connection.close()


def raise_for_status(response):
    """Raise what an unhappy answer means for a batch; return for 2xx."""
    status = response.status
    if 200 <= status < 300:
        if response.body[:64].lstrip().lower().startswith((b"<!doctype", b"<html")):
            # A login, a maintenance page, a parked domain: whoever answers is not the inbox.
            raise ChannelRetry("web_page", "A web page answered, not the channel's inbox.", delivered=False, answered=True)
        return
    if status == 429:
        # A limiter stands before the work: nothing of the batch was taken.
        raise ChannelRetry(
            "rate_limited", "The channel asks to slow down.", after=retry_after_s(response), delivered=False, answered=True
        )
    if status >= 500 or status == 408:
        raise ChannelRetry(
            "server_error", f"The channel answered {status}.", after=retry_after_s(response), answered=True
        )
    if status in (401, 403):
        raise ChannelMisconfigured("not_authorised", f"The channel does not accept our secret (it answered {status}).")
    if status == 410:
        raise ChannelMisconfigured("gone", "The channel wants no more deliveries at this address (it answered 410).")
    if status in (404, 405) or 300 <= status < 400:
        # A proxy says the same while the shop behind it starts.
        raise ChannelMisconfigured(
            "wrong_address",
            f"There is no inbox at this address (it answered {status}).",
            patience=const.WRONG_ADDRESS_PATIENCE,
        )
    raise ChannelRefused("refused", f"The channel refused the message (it answered {status}).")


def retry_after_s(response):
    """Seconds asked for by `Retry-After` (number or date), capped; None if absent or unreadable."""
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (TypeError, ValueError):
            return None
    if not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), const.BACKOFF_CAP_S)


def _is_allowed(parts, allowed):
    host = parts.hostname.lower()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return host in allowed or f"{host}:{port}" in allowed


def _resolve(parts, allowed, deadline):
    """Return one `(family, sockaddr)`; refuse names that lead into private networks."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = []

    def look_up():
        with contextlib.suppress(OSError, UnicodeError):  # an empty list says it
            found.extend(socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM))

    # The resolver has no time-out of its own; a thread left behind ends with the resolver's.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(min(const.CONNECT_TIMEOUT_S, max(deadline - time.monotonic(), 0.0)))
    if not found:
        raise ChannelRetry("unknown_host", f"The name {parts.hostname} cannot be resolved.", delivered=False)
    if not _is_allowed(parts, allowed):
        for *_rest, sockaddr in found:
            if not _is_public(sockaddr[0]):
                raise ChannelMisconfigured(
                    "address_refused",
                    f"{parts.hostname} lies in a private network: {ALLOW_HINT}",
                )
    family, _kind, _proto, _name, sockaddr = found[0]
    return family, sockaddr


def _is_public(text):
    address = ipaddress.ip_address(text.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast


def _connect(parts, address, deadline):
    """Open the connection (and TLS); whatever fails here, the channel has seen nothing of the request."""
    family, sockaddr = address
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(max(min(const.CONNECT_TIMEOUT_S, deadline - time.monotonic()), 0.001))
        sock.connect(sockaddr)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(
                sock, server_hostname=parts.hostname, do_handshake_on_connect=False
            )
            watchdog = _watch(sock, deadline, threading.Event())
            try:
                sock.do_handshake()
            finally:
                watchdog.cancel()
    except ssl.SSLError as error:
        sock.close()
        raise ChannelRetry("tls", f"No secure connection: {error.reason or error}.", delivered=False) from error
    except OSError as error:
        sock.close()
        raise ChannelRetry(
            "unreachable", f"{parts.hostname} cannot be reached ({type(error).__name__}).", delivered=False
        ) from error
    sock.settimeout(const.CALL_DEADLINE_S)
    connection.sock = sock
    return connection


def _watch(sock, deadline, expired):
    """Start the watchdog that shuts `sock` at the deadline; the caller cancels it."""
    watchdog = threading.Timer(max(deadline - time.monotonic(), 0.0), _shut, (sock, expired))
    watchdog.daemon = True
    watchdog.start()
    return watchdog


def _shut(sock, expired):
    expired.set()
    with contextlib.suppress(OSError):  # closed in the meantime
        # Not SSLSocket.shutdown, which takes the TLS state from under the thread that reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _exchange(connection, parts, request):
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Connection": "close", **request.headers}
    # http.client writes `Host` itself; with the default port of https it must not name port 443 as foreign.
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", parts.netloc)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body)
    answer = connection.getresponse()
    body = answer.read(const.RESPONSE_BYTES_MAX + 1)
    if len(body) > const.RESPONSE_BYTES_MAX:
        raise ChannelRetry("answer_too_long", f"The answer is longer than {const.RESPONSE_BYTES_MAX} bytes.", answered=True)
    if answer.length:  # http.client returns a short body in silence when a length was announced
        raise http.client.IncompleteRead(body)
    return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
