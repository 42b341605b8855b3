from __future__ import annotations

from tests.servers.gateway import mistral_gateway

__all__ = ["mistral_gateway"]
