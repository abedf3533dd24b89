"""How a delivery proves that it comes from HubSpot."""

from __future__ import annotations

import base64
import hashlib
import hmac


def headers(secret: str, uri: str, body: bytes, timestamp_ms: int) -> dict[str, str]:
    """Both signatures that a delivery carries: the old one over secret and body, and version 3."""
    return {
        "X-HubSpot-Signature": version_1(secret, body),
        "X-HubSpot-Signature-Version": "v1",
        "X-HubSpot-Request-Timestamp": str(timestamp_ms),
        "X-HubSpot-Signature-v3": version_3(secret, "POST", uri, body, timestamp_ms),
    }


def version_1(secret: str, body: bytes) -> str:
    return hashlib.sha256(secret.encode() + body).hexdigest()


def version_3(secret: str, method: str, uri: str, body: bytes, timestamp_ms: int) -> str:
    """Base64 of HMAC-SHA256 over method, whole URI, raw body and timestamp."""
    signed = f"{method}{uri}".encode() + body + str(timestamp_ms).encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
