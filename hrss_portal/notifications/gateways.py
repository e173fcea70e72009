"""Ways out of the portal.  A site names its own gateway; what ships is the log and the webhook."""

import hashlib
import hmac
import http.client
import ipaddress
import json
import logging
import socket
import ssl
from abc import ABC, abstractmethod
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal.notifications.models import OutboxMessage

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: IPv6 networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, RFC 8215), IPv4-compatible
#: (RFC 4291) and IPv4-translated (RFC 2765).
CARRIERS = [
    ipaddress.IPv6Network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
]


class Refused(Exception):
    """The gateway certainly did not take the message; sending it again cannot double it."""


class Unanswered(Exception):
    """Nobody knows whether the gateway took the message."""


class Gateway(ABC):
    """One way out.  ``deliver`` is called with a stored message and returns the receipt.

    It passes ``message.pk`` on as the idempotency id, raises ``Refused`` when the message certainly
    did not leave and ``Unanswered`` when that is not known.  ``delivers`` is False for a gateway
    that only notes the message.
    """

    delivers = True

    @abstractmethod
    def deliver(self, message: OutboxMessage) -> str:
        """Hand the message over."""


class LogGateway(Gateway):
    """Notes that a message would have left.  For sites without a gateway: the law's service of
    papers is then by hand, post or phone and is recorded with its proof, not here."""

    delivers = False

    def deliver(self, message: OutboxMessage) -> str:
        """One log line without recipient and text."""
        logger.info("message %s (%s, %s) noted", message.pk, message.channel, message.kind.code)
        return "log"


class WebhookGateway(Gateway):
    """POSTs a signed JSON body to a registered endpoint; follows no redirect.

    ``X-Portal-Signature: sha256=HMAC(secret, "<timestamp>.<body>")`` proves the sender, the
    timestamp lets the receiver refuse old copies, ``X-Portal-Id`` lets it drop doubles.
    """

    def deliver(self, message: OutboxMessage) -> str:
        """200–299 is a receipt; 4xx certainly not taken; all else is not known."""
        endpoint = message.endpoint
        if endpoint is None or not endpoint.is_active:
            raise Refused("对接地址已停用")
        body = envelope(message)
        stamp = str(int(timezone.now().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Portal-Id": str(message.pk),
            "X-Portal-Timestamp": stamp,
            "X-Portal-Signature": sign(endpoint.secret, stamp, body),
        }
        status = post(endpoint.url, body, headers)
        if 200 <= status < 300:
            return f"HTTP {status}"
        if 400 <= status < 500 and status != 408:
            raise Refused(f"对方拒收：HTTP {status}")
        raise Unanswered(f"对方没有确认：HTTP {status}")


def envelope(message: OutboxMessage) -> bytes:
    """What a webhook carries: id, kind, time, and the text, which is JSON where it can be."""
    try:
        data = json.loads(message.text)
    except ValueError:
        data = message.text
    whole = {
        "id": message.pk,
        "kind": message.kind.code,
        "created_at": timezone.localtime(message.created_at).isoformat(timespec="seconds"),
        "data": data,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature that the receiver recomputes."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def check_endpoint(url: str) -> tuple[str, str, int]:
    """(address, host, port) of an endpoint that may be called.

    An intranet address is fine, this machine and link-local addresses (cloud metadata) are not.
    The address is resolved once and used, so a name cannot change its mind in between.  Raises
    ``ValidationError``.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValidationError("地址须以 http:// 或 https:// 开头，不带用户名")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ValidationError("这个地址现在找不到") from error
    for *_, where in found:
        if any(map(_is_closed, _addresses(where[0]))):
            raise ValidationError("不能对接本机或保留地址")
    return str(found[0][4][0]), parts.hostname, port


def _addresses(text: str | int) -> list[Address]:
    """An address and the IPv4 addresses that it carries: mapped, 6to4, Teredo, NAT64."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in net for net in CARRIERS):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(one for one in inner if one is not None)]


def _is_closed(address: Address) -> bool:
    """Whether an address is this machine, link-local or no single host."""
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST to an address that was checked; the status.  Raises ``Refused`` or ``Unanswered``."""
    try:
        address, host, port = check_endpoint(url)
    except ValidationError as error:
        raise Refused("；".join(error.messages)) from error
    parts = urlsplit(url)
    try:
        raw = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
    except OSError as error:
        raise Refused(f"连不上对方：{error.__class__.__name__}") from error
    try:
        if parts.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        connection.sock = raw
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except ssl.SSLError as error:
        raise Refused("对方的证书不可信") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(f"对方没有应答：{error.__class__.__name__}") from error
    finally:
        raw.close()


@cache
def _made(path: str) -> Gateway:
    made: Gateway = import_string(path)()
    return made


def gateway_for(channel: str) -> Gateway:
    """The gateway of a channel: what the site names in ``settings.GATEWAYS``, else the log."""
    default = {"webhook": "hrss_portal.notifications.gateways.WebhookGateway"}
    path = {**default, **settings.GATEWAYS}.get(
        channel, "hrss_portal.notifications.gateways.LogGateway"
    )
    return _made(path)
