# SPDX-License-Identifier: Apache-2.0
"""The rules of the layout as functions: each takes the root of a tree and gives back a list of sentences, one per breach.

Sources of the rules: design §3 (modules, arrows, library fences), CONTRIBUTING.md. Nothing here runs or changes anything.
"""
import re
from pathlib import Path

TOP_LEVEL = {"proto", "server", "terminal", "admin", "migrations", "deploy", "tests", "docs", "README.md", "CMakeLists.txt",
             "CMakePresets.json", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
PRODUCT = ("proto/contract", "server", "terminal", "admin")
SOURCE_SUFFIXES = {".h", ".cpp", ".def"}

# Library → (pattern of its includes, CMake words that link it, folders that may use it).
FENCES = {
    "grpcpp": (r"<grpcpp/", r"gRPC::|madoguchi_contract_wire",
               {"server/desk", "server/identity", "server/telemetry", "server/console", "server", "proto", "proto/contract", "terminal/link", "terminal/identity",
                "terminal/agent", "terminal", "admin", "admin/cli"}),
    "pqxx": (r"<pqxx/", r"PkgConfig::pqxx", {"server/store"}),
    "winscard": (r"<(PCSC/)?(winscard|wintypes|pcsclite|reader)\.h>", r"PkgConfig::pcsclite", {"terminal/reader"}),
    "Boost.Beast": (r"<boost/", r"Boost::", {"proto/contract", "proto/contract/web"}),
    "libcurl": (r"<curl/", r"CURL::", {"server/outbound"}),
    "OpenSSL": (r"<openssl/", r"OpenSSL::", {"proto/contract", "proto/contract/crypto", "proto/contract/web", "server/identity", "terminal/identity"}),
    "prometheus-cpp": (r"<prometheus/", r"prometheus-cpp::", {"server/telemetry"}),
    "pugixml": (r"<pugixml\.hpp>", r"PkgConfig::pugixml", {"server/eligibility"}),
    "spdlog": (r"<spdlog/", r"spdlog::", {"proto/contract"}),
    "generated messages": (r'"madoguchi/v1/', r"madoguchi_protos",
                           {"proto", "proto/contract", "server/desk", "server/identity", "server/console", "terminal/link", "terminal/identity",
                            "terminal/agent", "terminal/page", "admin/cli"}),
    "libargon2": (r"<argon2\.h>", r"PkgConfig::argon2", {"proto/contract", "proto/contract/crypto"}),
    "pangocairo": (r"<(pango|cairo|qrencode)", r"PkgConfig::pangocairo", {"server/account/sheets"}),
    "liboath": (r"<liboath/", r"PkgConfig::oath", {"server/console"}),
}

# server: module → modules it may include. Arrows only point down: main → app → desk, telemetry, store → check → card, seams.
ARROWS = {
    "server": {"desk", "telemetry", "store", "check", "card", "eligibility", "outbound", "audit", "identity", "account", "handoff", "console"},
    "server/desk": {"check", "eligibility", "handoff", "audit", "telemetry", "account", "identity"},
    "server/console": {"account", "identity", "audit", "telemetry", "check", "eligibility", "handoff"},
    "server/account": {"audit", "outbound"},
    "server/account/sheets": {"account", "audit"},
    "server/check": {"card", "eligibility", "handoff", "audit"},
    "server/card": set(),
    "server/eligibility": {"outbound"},
    "server/handoff": {"eligibility", "audit", "outbound"},
    "server/outbound": set(),
    "server/audit": {"outbound"},
    "server/identity": {"audit", "account"},
    "server/store": {"audit", "desk", "identity", "account", "console", "check", "eligibility", "handoff"},
    "server/telemetry": set(),
    "terminal": {"agent", "link", "reader", "relay", "identity"},
    "terminal/agent": {"link", "reader", "relay", "identity"},
    "terminal/link": {"identity"},
    "terminal/relay": set(),
    "terminal/reader": {"relay"},
    "terminal/identity": set(),
    "admin/cli": set(),
}

FORBIDDEN_SUFFIX = re.compile(r"\b(?:class|struct|namespace)\s+(\w*(?:Manager|Helper|Util|Utils|Processor|Provider|Impl|Base))\b(?!\s*;)")
LOG_COMPONENT = re.compile(r'log::(?:Debug|Info|Warning|Failure|Report)\(\s*"([^"]+)"')
UNFINISHED = re.compile(r"\b(FIXME|XXX)\b|\bTODO\b(?!\([A-M]\))|GTEST_SKIP|\bDISABLED_|pytest\.(?:mark\.)?skip|pytest\.mark\.xfail")
SLEEP = re.compile(r"sleep_for|\busleep\(|\bnanosleep\(|time\.sleep\(|waitForTimeout")


def sources(root, *folders, suffixes=SOURCE_SUFFIXES):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                yield path


def relative(root, path):
    return path.relative_to(root).as_posix()


def strip_comments(text):
    return re.sub(r"//[^\n]*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def top_level(root):
    return [f"top level: {path.name} is not in the design's list" for path in sorted(root.iterdir())
            if path.name not in TOP_LEVEL and not path.name.startswith(".") and path.name != "build"]


def library_fences(root):
    found = []
    for library, (include, link, allowed) in FENCES.items():
        for path in sources(root, *PRODUCT):
            folder = relative(root, path.parent)
            if folder not in allowed and re.search(rf"^\s*#\s*include\s+{include}", path.read_text(), re.M):
                found.append(f"fence: {relative(root, path)} includes {library}")
        for path in sorted(path for top in ("server", "terminal", "admin", "proto") for path in root.glob(f"{top}/**/CMakeLists.txt")):
            folder = relative(root, path.parent)
            text = re.sub(r"#[^\n]*", "", path.read_text())
            if folder not in allowed and re.search(link, text):
                found.append(f"fence: {relative(root, path)} links {library}")
    return found


def arrows(root):
    found = []
    for path in sources(root, "server", "terminal", "admin"):
        folder = relative(root, path.parent)
        own = folder.split("/")[0]
        for target in re.findall(r'^\s*#\s*include\s+"((?:server|terminal|admin)/[^"]+)"', path.read_text(), re.M):
            target_folder = target.rsplit("/", 1)[0]
            if target_folder == folder:
                continue
            if target.split("/")[0] != own:
                found.append(f"arrow: {relative(root, path)} includes {target} of another program")
            elif folder not in ARROWS:
                found.append(f"arrow: {folder} is no module of the design; {relative(root, path)}")
            elif "/" not in target_folder or target_folder.split("/")[1] not in ARROWS[folder]:
                found.append(f"arrow: {relative(root, path)} includes {target}, which points up or sideways")
    for path in sources(root, "proto/contract"):
        for target in re.findall(r'^\s*#\s*include\s+"((?:server|terminal|admin|tests)/[^"]+)"', path.read_text(), re.M):
            found.append(f"arrow: {relative(root, path)} includes {target}")
    return found


def purpose_headers(root):
    found = []
    for path in sorted(root.glob("**/CMakeLists.txt")):
        if path.parent == root or "build" in path.relative_to(root).parts:
            continue
        first = path.read_text().split("\n", 1)[0]
        name = path.parent.name
        if not re.match(rf"# (?:\S+/)?{re.escape(name)}: \w.{{20,}}", first):
            found.append(f"purpose: {relative(root, path)} does not open with '# {name}: what it does'")
    return found


def test_mirror(root):
    found = []
    for top in ("server", "terminal", "admin", "proto"):
        for path in sorted((root / "tests" / top).rglob("*_test.cpp")):
            stem = path.name[: -len("_test.cpp")]
            mirrored = root / top / path.parent.relative_to(root / "tests" / top)
            if not any((mirrored / (stem + suffix)).exists() for suffix in (".cpp", ".h", ".proto")):
                found.append(f"mirror: {relative(root, path)} tests nothing that stands at {relative(root, mirrored)}/{stem}.*")
    for top in ("server", "terminal", "admin"):
        for folder in sorted({path.parent for path in sources(root, top, suffixes={".cpp"})}):
            if folder == root / top:
                continue
            if not list((root / "tests" / folder.relative_to(root)).glob("*_test.cpp")):
                found.append(f"mirror: {relative(root, folder)} has no test in tests/{relative(root, folder)}")
    return found


def module_words(root):
    """A module's word is its folder, its namespace and its log field."""
    found = []
    for path in sources(root, "server", "terminal", "admin", suffixes={".h"}):
        parts = path.parent.relative_to(root).parts
        if len(parts) < 2:
            continue
        namespace = re.search(r"^namespace (madoguchi[\w:]*)", path.read_text(), re.M)
        if namespace and namespace.group(1) != f"madoguchi::{parts[1]}":
            found.append(f"word: {relative(root, path)} is in namespace {namespace.group(1)}, not madoguchi::{parts[1]}")
    for path in sources(root, "server", "terminal", suffixes={".cpp"}):
        parts = path.parent.relative_to(root).parts
        allowed = {parts[1]} if len(parts) > 1 else {"app", "config"}
        for component in LOG_COMPONENT.findall(path.read_text()):
            if component not in allowed:
                found.append(f"word: {relative(root, path)} logs component={component}")
    return found


def names(root):
    return [f"name: {relative(root, path)} declares {name}" for path in sources(root, *PRODUCT, "tests")
            for name in FORBIDDEN_SUFFIX.findall(strip_comments(path.read_text()))]


def licence_lines(root):
    found = []
    for path in list(sources(root, *PRODUCT, "tests", suffixes={".h", ".cpp", ".def", ".py"})) + list((root / "proto").rglob("*.proto")):
        if "SPDX-License-Identifier: Apache-2.0" not in path.read_text()[:300]:
            found.append(f"licence: {relative(root, path)} has no SPDX line")
    return found


def promised_tests(root):
    """Every test that SECURITY.md names is there."""
    page = root / "SECURITY.md"
    named = re.findall(r"`([A-Z]\w+\.[A-Z]\w+|test_\w+)`", page.read_text()) if page.exists() else []
    there = set()
    for path in sources(root, "tests", suffixes={".cpp", ".py"}):
        text = path.read_text()
        there.update(f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", text, re.M))
        there.update(re.findall(r"^def (test_\w+)", text, re.M))
    return [f"promise: SECURITY.md names {name}, and there is no such test" for name in named if name not in there]


def unfinished(root):
    found = []
    everywhere = sources(root, *PRODUCT, "tests", "deploy", "migrations", suffixes={".h", ".cpp", ".def", ".py", ".sql", ".proto", ".txt"})
    for path in everywhere:
        if path.name in ("checks.py", "layout_test.py"):
            continue  # they name what they look for
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if UNFINISHED.search(line):
                found.append(f"unfinished: {relative(root, path)}:{number}")
    return found


def sleeps_in_tests(root):
    found = []
    for path in sources(root, "tests", suffixes={".h", ".cpp", ".py"}):
        if "simulators" in path.parts or "bench" in path.parts or path.name in ("checks.py", "layout_test.py"):
            continue
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if SLEEP.search(line):
                found.append(f"sleep: {relative(root, path)}:{number} waits for time instead of an event")
    return found


def trail_words(root):
    """What is written into the trail is of the registry, by its constant; and what the registry promises is written by somebody."""
    registry = root / "proto" / "madoguchi" / "v1" / "trail_events.proto"
    lines = re.findall(r"EVENT_(\w+) = \d+ \[\(event\) = \{(.*?)\}\];", registry.read_text() if registry.exists() else "", re.S)
    reserved = {name: 'reserved_for: "' in line for name, line in lines}
    used, found = set(), []
    for path in sources(root, "server", suffixes={".h", ".cpp"}):
        text = path.read_text()
        used.update(re.findall(r"\baction::k(\w+)", text))
        for literal in re.findall(r'(?:\.action = |[eE]vent\w*[({]{1,2}|transaction, \{)"([a-z]+\.[a-z_]+)"', text):
            found.append(f"trail words: {relative(root, path)} writes {literal} without its constant")
    for name, is_reserved in reserved.items():
        constant = "".join(word.capitalize() for word in name.lower().split("_"))
        if is_reserved == (constant in used):
            found.append(f"trail words: {constant} is {'reserved, and written' if is_reserved else 'registered, and written by nobody'}")
    return found


def alerts(root):
    """An alert can fire: its series and their labels are ones that the server shows, and the number it names is in the catalogue."""
    shown = "".join(path.read_text() for path in sources(root, "server/telemetry", suffixes={".cpp"}))
    series = set(re.findall(r'\.Name\("(\w+)"\)', shown))
    errors = root / "proto" / "madoguchi" / "v1" / "errors.proto"
    numbers = set(re.findall(r"^  [A-Z_0-9]+ = (\d+) ", errors.read_text() if errors.exists() else "", re.M))
    found = []
    for path in sorted((root / "deploy" / "prometheus").glob("*.rules.yml")):
        where = relative(root, path)
        rules = re.findall(r"^      - alert: (\w+)\n((?:        .*\n)+)", path.read_text(), re.M)
        if len({name for name, _ in rules}) != path.read_text().count("- alert:"):
            found.append(f"alerts: {where} has a rule that is not read, or one name twice")
        for name, rule in rules:
            if not re.search(r"^        expr: \S", rule, re.M) or not re.search(r'^          summary: "\S', rule, re.M):
                found.append(f"alerts: {where}: {name} has no expr or no summary")
            expression = "".join(re.findall(r"^        expr: (.*)", rule, re.M))
            for unknown in sorted(set(re.findall(r"\bmadoguchi_\w+", expression)) - series):
                found.append(f"alerts: {where}: {name} asks for {unknown}, which nobody shows")
            for label in re.findall(r'[{,](\w+)=', expression) + re.findall(r"\$labels\.(\w+)", rule):
                if f'"{label}"' not in shown:
                    found.append(f"alerts: {where}: {name} asks for the label {label}, which nobody shows")
            for number in re.findall(r'summary: "(\d{4}) ', rule):
                if number not in numbers:
                    found.append(f"alerts: {where}: {name} names {number}, which is not in the catalogue")
    return found


def wire_numbers(root):
    """Every field and enum value as 'name = number', from the proto texts: numbers never change, and a removed one stays listed."""
    lines = []
    for path in sorted((root / "proto" / "madoguchi" / "v1").glob("*.proto")):
        scope = []
        text = re.sub(r"//[^\n]*", "", path.read_text())
        text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
        for _ in range(2):  # options, and the lists in them
            text = re.sub(r"\[[^\[\]]*\]", "", text)
        for token in re.findall(r"(?:message|enum|oneof|service|extend)\s+[\w.]+\s*\{|\brpc\b[^;{]*|\{|\}|[\w.<>, ]+?\s*=\s*\d+\s*;", text):
            opened = re.match(r"(message|enum|oneof|service|extend)\s+([\w.]+)", token)
            if opened and token.rstrip().endswith("{"):
                scope.append(None if opened.group(1) == "oneof" else opened.group(2))
            elif token == "{":
                scope.append(None)
            elif token == "}":
                if scope:
                    scope.pop()
            elif "=" in token:
                left, number = token.rstrip("; ").rsplit("=", 1)
                lines.append(".".join([s for s in scope if s] + [left.split()[-1]]) + " = " + number.strip())
    return sorted(lines)


def came_back(removed, current):
    """Lines of `current` that use a number or a name of `removed` again: old programs would read the one for the other."""
    numbers = {(line.rsplit(" = ", 1)[0].rpartition(".")[0], line.rsplit(" = ", 1)[1]) for line in removed}
    names_gone = {line.rsplit(" = ", 1)[0] for line in removed}
    found = []
    for line in current:
        name, number = line.rsplit(" = ", 1)
        if name in names_gone or (name.rpartition(".")[0], number) in numbers:
            found.append(line)
    return found


ALL = (top_level, library_fences, arrows, purpose_headers, test_mirror, module_words, names, licence_lines, promised_tests, unfinished,
       sleeps_in_tests, trail_words, alerts)
