"""Which addresses of the internet sayso connects to: public ones, and to the very address that was checked."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from ssl import SSLContext
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Allowed = Callable[[Address], bool]
Resolve = Callable[[str, int], list[str]]

# Besides those that Python calls private, loopback, link-local, multicast, reserved or unspecified; some of them
# only in its later versions.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # carrier-grade
            "168.63.129.16/32",  # a cloud's own services, to each of its machines
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "2001::/23",  # Teredo among them
            "2001:db8::/32",
            "3fff::/20",
        ),
    )
)
_GLOBAL = ip_network("2000::/3")  # all of IPv6 that is given out
_NAT64 = ip_network("64:ff9b::/96")
_6TO4 = ip_network("2002::/16")


def is_public(address: Address) -> bool:
    """Whether an address is of the public internet. An IPv6 form of an IPv4 address is as public as that is."""
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_public(carried)
        if address not in _GLOBAL:
            return False
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    return not special and not any(address in network for network in _NOT_PUBLIC)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4, NAT64, or as the last part of an ISATAP one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    number = int(address)
    if address in _6TO4:
        return address.sixtofour
    if address in _NAT64 or (number >> 32) & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE):
        return IPv4Address(number & 0xFFFFFFFF)
    return None


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class NotAllowed(Exception):
    """A host has an address that sayso does not connect to."""


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to a host's address after checking all it has; the host is not looked up a second time in between.

    Whatever is read or written takes no longer than until `deadline`, a time of the monotonic clock.
    """

    def __init__(self, allowed: Allowed = is_public, resolve: Resolve = resolved) -> None:
        self.deadline = float("inf")
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises NotAllowed, and httpcore's errors of connecting."""
        failure: Exception = httpcore.ConnectError("no address was found for it")
        for address in self.addresses(host, port):
            try:
                stream = self._network.connect_tcp(
                    address, port, _left(timeout, self.deadline), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self)
        raise failure

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """No news comes over a socket of this machine."""
        raise NotAllowed("a socket of this machine")

    def sleep(self, seconds: float) -> None:
        """Part of the interface; nothing here is retried."""

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, each of them allowed. Raises NotAllowed where one is not, and ConnectError."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address was found for it ({error})") from error
        for address in addresses:
            if not self._allowed(ip_address(address.partition("%")[0])):
                raise NotAllowed(address)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing takes longer than until its backend's deadline, not even byte by byte."""

    def __init__(self, stream: httpcore.NetworkStream, backend: CheckedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, self._backend.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, self._backend.deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, self._backend.deadline)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, deadline: float) -> float | None:
    """The seconds that may pass. Raises ReadTimeout where none is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for this address is over")
    return min(left, timeout) if timeout is not None else None if left == float("inf") else left
