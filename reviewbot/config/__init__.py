"""Documents to frozen values: policies here, the operator's in `config.operator`. Opens no file."""

from __future__ import annotations

from reviewbot.config.documents import MAX_DOCUMENT
from reviewbot.config.policies import Document, effective, failed, read, sealed, tightened

__all__ = ["MAX_DOCUMENT", "Document", "effective", "failed", "read", "sealed", "tightened"]
