"""What a failed connection means, in our own sentences: foreign texts may hold keys or file names."""

import socket
import ssl
from collections.abc import Iterator
from urllib.request import getproxies

import httpx

from intron_cli.core.errors import SetupError, UnavailableError

_TRY_AGAIN = "Try again later."


def connection_fault(error: Exception, host: str, refused_hint: str = "Is base_url right?") -> UnavailableError:
    """The error to tell for an exception of httpx while speaking with ``host``."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnavailableError(
                f"The certificate of {host} is not to be trusted ({_certificate_reason(cause)}).",
                "A clock that is wrong or a proxy that reads along is the usual cause; for your"
                " organisation's proxy set SSL_CERT_FILE to its certificate.",
                lasting=True,
            )
        if isinstance(cause, socket.gaierror):
            return UnavailableError(f"The name {host} cannot be resolved.", "Is this machine online?")
        if isinstance(cause, ConnectionRefusedError) and _uses_proxy(host):
            return UnavailableError("The proxy that the environment names refused the connection.", "Mend HTTPS_PROXY.")
        if isinstance(cause, ConnectionRefusedError):
            return UnavailableError(
                f"Nothing answers at {host}: the connection was refused.", refused_hint, lasting=True
            )
        if isinstance(cause, ssl.SSLError):
            return UnavailableError(f"No secure connection to {host} could be made.", _TRY_AGAIN)
    return UnavailableError(_by_kind(error, host), _TRY_AGAIN)


def _uses_proxy(host: str) -> bool:
    """Whether the environment sends requests to another machine through a proxy."""
    is_local = host.startswith(("127.0.0.1", "localhost", "[::1]"))
    return not is_local and bool({"http", "https", "all"} & set(getproxies()))


def _by_kind(error: Exception, host: str) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return f"{host} did not answer the call within 10 s."
    if isinstance(error, httpx.ProxyError):
        return f"The proxy on the way to {host} refused to connect."
    if isinstance(error, httpx.WriteTimeout):
        return f"The line to {host} took nothing more for 60 s."
    if isinstance(error, httpx.ReadTimeout):
        return f"{host} took the request but gave no answer within 2 min."
    if isinstance(error, httpx.ConnectError):
        return f"{host} cannot be reached."
    if isinstance(error, httpx.NetworkError):
        return f"The connection to {host} broke."
    if isinstance(error, httpx.DecodingError | httpx.RemoteProtocolError):
        return f"The answer of {host} was cut off or is no HTTP."
    return f"The request to {host} failed."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _certificate_reason(error: ssl.SSLCertVerificationError) -> str:
    reasons = {
        10: "it has expired",
        18: "it is self-signed",
        19: "its issuer is unknown here",
        20: "its issuer is unknown here",
        62: "it was made for another name",
    }
    return reasons.get(error.verify_code, f"check {error.verify_code} failed")


def client_fault(error: Exception) -> SetupError:
    """The error to tell where not even a client could be built: its environment is at fault."""
    if isinstance(error, ImportError):
        return SetupError(
            "ALL_PROXY or HTTPS_PROXY names a SOCKS proxy, for which a part is missing.",
            "Install httpx[socks] beside intron, or unset the variable.",
        )
    if isinstance(error, OSError | ssl.SSLError):
        return SetupError("SSL_CERT_FILE or SSL_CERT_DIR names certificates that cannot be read.", "Mend or unset it.")
    return SetupError("A proxy variable (HTTPS_PROXY, ALL_PROXY) holds no valid address.", "Mend or unset it.")
