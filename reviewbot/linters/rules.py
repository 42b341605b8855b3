"""What ruff is asked for: defects, not style, and not what our own checks look for."""

from __future__ import annotations

import json

from reviewbot.core.findings import Severity

#: Fails, or does not do what it says, when the line runs.
_WRONG = """
    F407 F501 F502 F505 F506 F507 F508 F509 F521 F524 F525 F621 F622 F633 F701 F702 F704 F706 F707 F821 F823 F901
    PLE0100 PLE0101 PLE0115 PLE0116 PLE0117 PLE0118 PLE0237 PLE0241 PLE0302 PLE0303 PLE0305 PLE0307 PLE0308 PLE0309
    PLE0604 PLE0643 PLE1132 PLE1142 PLE1205 PLE1206 PLE1300 PLE1307 PLE1507 PLE1519 PLE1520 PLE1700
"""
#: Hardly ever what was meant.
_DOUBTFUL = """
    F503 F522 F523 F601 F602 F631 F632 F634 B002 B003 B005 B006 B012 B015 B016 B021 B022 B025 B029 B030 B031 B032 B034
    B035 B039 PLE1310 PLW0128 PLW0129 PLW0131 PLW0133 PLW0177 PLW0245 PLW0711 PLW1501 PLW1507 PLW1509 PLW2101
    RUF006 RUF008 RUF016 RUF018 RUF020 RUF024 RUF026 RUF030 RUF033 RUF040 RUF060 PGH005 LOG014 INT001 INT002 INT003
    SIM220 SIM221 SIM222 SIM223 ASYNC100 ASYNC105 ASYNC210 ASYNC212 ASYNC220 ASYNC221 ASYNC222 ASYNC250 ASYNC251
    S103 S202 S306 S502 S503 S504 S505 S507 S508 S509 S601 S609 S612 S702
    YTT101 YTT102 YTT103 YTT201 YTT203 YTT204 YTT301 YTT302 YTT303
"""
#: Often a defect, sometimes meant.
_NOTABLE = "F504 B019 B023 B033 RUF032 RUF034 S113"
SEVERITIES = {
    "invalid-syntax": Severity.HIGH,
    **dict.fromkeys(_WRONG.split(), Severity.HIGH),
    **dict.fromkeys(_DOUBTFUL.split(), Severity.MEDIUM),
    **dict.fromkeys(_NOTABLE.split(), Severity.LOW),
}
#: Names that are there without an import: gettext, notebooks, what Python 2 had and code for both asks for first.
_BUILTINS = ("_", "ngettext", "get_ipython", "display", "spark", "dbutils", "unicode", "basestring", "long", "xrange",
             "unichr", "raw_input", "reduce", "file", "cmp", "execfile", "WindowsError")  # fmt: skip
OPTIONS = (
    "check", "--isolated", "--no-cache", "--quiet", "--ignore-noqa", "--no-respect-gitignore", "--no-fix",
    "--output-format", "json", "--target-version", "py314", "--config", f"builtins = {json.dumps(_BUILTINS)}",
    "--select", ",".join(code for code in SEVERITIES if code != "invalid-syntax"),
)  # fmt: skip
