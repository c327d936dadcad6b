"""The rules of the house that no tool knows: read from the syntax tree (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.house.house import ROOT, is_room, parse, python_files, shown, tracked_texts

WRITES = {"save", "create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
# Where rows may be written: services and what runs set-based SQL for them; models save themselves.
WRITERS = ("services", "models", "writers", "publishing", "commands", "demo", "runner", "staging", "idempotency")
# Where questions are put to the database: everything else asks these. A `runner` works on rows that several processes share.
READERS = ("services", "selectors", "conditions", "policies", "models", "runner", "publishing")
# What all features stand on reads for itself; so does the demo world, which builds rows.
BASES = ("prm/access/", "prm/api/", "prm/core/", "prm/local/", "prm/demo/", "profiling/demo")
# Sign-in happens before there is an actor; these find out who it is.
BEFORE_AN_ACTOR = {
    "actor_of_user",
    "standing_of_user",
    "with_rules",
    "rules_of",
    "actor_of_email",
    "actor_of_user_id",
    "actor_of_key_id",
    "api_key_of",
    "actor_behind",
}
# Making a row starts from no other.
MAKES = {"create", "create_user", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Where reading and writing begin with what the actor sees.
SCOPED = ("services", "selectors", "conditions")
# What begins elsewhere: where, which model, and why.
UNSCOPED = {
    ("prm/accounts/", "User"): "a table of identity: the sign-in login reads it, the roles of the application see none of it",
    ("prm/accounts/", "Membership"): "likewise",
    ("prm/accounts/", "ApiKey"): "likewise",
    ("prm/accounts/", "Authenticator"): "likewise",
    ("prm/accounts/", "Session"): "likewise",
    ("prm/accounts/", "Invitation"): "likewise",
    ("prm/accounts/", "SignIn"): "likewise",
    ("prm/accounts/", "SignInRules"): "likewise",
    ("prm/accounts/", "EmailAddress"): "likewise",
    ("prm/accounts/", "UserSession"): "likewise",
    ("prm/accounts/", "Organisation"): "likewise",
    ("prm/accounts/", "StudyPass"): "likewise",
    ("prm/accounts/", "CustomRole"): "likewise",
    ("prm/accounts/", "SignInProvider"): "likewise",
    ("prm/accounts/", "SignInDomain"): "likewise",
    ("prm/accounts/", "SocialAccount"): "likewise",
    (
        "prm/accounts/services/erasing.py",
        "copy.model",
    ): "whoever is erased is erased from rows of everybody, as the product itself",
    ("prm/accounts/services/erasing.py", "model"): "tables of identity that name an account, found by their keys",
    ("prm/partners/conditions.py", "Partner"): "a company's own record tells where the relationship stands",
}
LIMIT = 600
# Files of one folder; beyond that nobody finds the room they look for.
MOST_FILES = 40
# Where people keep what is theirs; "somebody" is nobody.
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users)/(?!somebody\b)\w+")


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def queries(tree: ast.AST) -> list[int]:
    """Lines that ask the database."""
    banned = {"objects", "_default_manager", "_base_manager"}
    return [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in banned]


def writes(tree: ast.AST) -> list[int]:
    """Lines that write rows: a writing method on a query."""
    found = []
    for call in calls(tree):
        if not isinstance(call.func, ast.Attribute):
            continue
        chain = ast.unparse(call.func.value)
        if call.func.attr in WRITES and (".objects" in chain or "visible_to(" in chain):
            found.append(call.lineno)
    return found


def unscoped(tree: ast.AST) -> list[str]:
    """Lines that reach rows otherwise than through ``visible_to``, with the model; what a record in hand leads to is in scope with it."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            act = getattr(above[node], "attr", "")
            if act != "visible_to" and act not in MAKES:
                found.append(f"{node.lineno} {ast.unparse(node.value)}")
    return found


def moves_a_partner(tree: ast.AST) -> list[int]:
    """Lines that write where a relationship stands, or a step of it."""
    written = [
        target
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for goal in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for target in ast.walk(goal)
        if isinstance(target, ast.Attribute) and target.attr == "lifecycle"
    ]
    steps = [call for call in calls(tree) if ast.unparse(call.func) in {"PartnerMove", "PartnerMove.objects.create"}]
    updates = [
        call
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "update"
        and any(k.arg == "lifecycle" for k in call.keywords)
    ]
    return [node.lineno for node in (*written, *steps, *updates)]


def unworded(tree: ast.AST) -> list[int]:
    """Lines that check a model and refuse in Django's words, which neither pages nor API tell: ``prm.core.validation`` is for that."""
    return [call.lineno for call in calls(tree) if isinstance(call.func, ast.Attribute) and call.func.attr == "full_clean"]


def without_actor(tree: ast.Module) -> list[str]:
    """Public functions of a services or selectors file that do not begin with the keyword ``actor``."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            keywords = [a.arg for a in node.args.kwonlyargs]
            if node.name not in BEFORE_AN_ACTOR and (not keywords or keywords[0] != "actor" or node.args.args):
                found.append(f"{node.lineno} {node.name}")
    return found


def impure(tree: ast.Module) -> list[int]:
    """Lines of a rules file that reach for the ORM, a request or the clock."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            found += [
                node.lineno
                for name in names
                if (name.startswith("django") and not name.startswith("django.utils.translation"))
                or name.endswith((".models", ".selectors", ".services"))
            ]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".now", ".today", "time.time")):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(("source", "check"), [
    ("Company.objects.filter(pk=1)", queries),
    ("Company.objects.create(name='x')", writes),
    ("Company.objects.visible_to(a).update(name='x')", writes),
    ("Company.objects.filter(pk=1)", unscoped),
    ("rows = kind.model._default_manager", unscoped),
    ("partner.lifecycle, partner.lifecycle_since = to, now", moves_a_partner),
    ("PartnerMove(partner=partner, to_lifecycle=to)", moves_a_partner),
    ("partners.update(lifecycle='active')", moves_a_partner),
    ("study.full_clean(exclude=['title_key'])", unworded),
    ("def deal_approve(deal, *, actor): ...", without_actor),
    ("def deal_approve(*, deal, actor): ...", without_actor),
    ("from django.db import models", impure),
    ("import datetime\ndatetime.datetime.now()", impure),
])  # fmt: skip
def test_each_ban_catches_a_planted_violation(source: str, check) -> None:
    assert check(ast.parse(source))


@pytest.mark.parametrize(("rooms", "check"), [
    (("services", "selectors"), without_actor),
    (("rules",), impure),
])  # fmt: skip
def test_no_room_does_what_is_banned_there(rooms: tuple[str, ...], check) -> None:
    # prm.local is not a feature: its "services" are processes. prm.api is the base of all api rooms, not one of them.
    files = [p for p in python_files() if is_room(p, *rooms) and not shown(p).startswith(("prm/local/", "prm/api/"))]
    found = [f"{shown(p)}:{hit}" for p in files for hit in check(parse(p))]
    assert not found, "\n".join(found)


def test_only_the_rooms_for_it_ask_the_database() -> None:
    files = [p for p in python_files() if not is_room(p, *READERS) and not shown(p).startswith(BASES)]
    found = [f"{shown(p)}:{line}" for p in files for line in queries(parse(p))]
    assert not found, "\n".join(found)


def test_only_services_write() -> None:
    found = [f"{shown(p)}:{line}" for p in python_files() if not is_room(p, *WRITERS) for line in writes(parse(p))]
    assert not found, "\n".join(found)


def test_one_room_says_where_a_relationship_stands() -> None:
    files = [p for p in python_files() if not shown(p).startswith(("prm/demo/", "profiling/demo"))]
    found = {shown(p) for p in files if moves_a_partner(parse(p))}
    assert found == {"prm/partners/services/lifecycle.py"}


def test_models_are_checked_in_one_place() -> None:
    found = [f"{shown(p)}:{line}" for p in python_files() for line in unworded(parse(p))]
    assert len(found) == 1, "\n".join(found)
    assert found[0].startswith("prm/core/validation.py:")


def test_selectors_and_services_begin_with_what_the_actor_sees() -> None:
    files = [p for p in python_files() if is_room(p, *SCOPED) and not shown(p).startswith(("prm/local/", "prm/api/"))]
    found, used = [], set()
    for path, hit in [(shown(p), hit) for p in files for hit in unscoped(parse(p))]:
        reasons = {(place, model) for place, model in UNSCOPED if path.startswith(place) and hit.endswith(f" {model}")}
        used |= reasons
        if not reasons:
            found.append(f"{path}:{hit}")
    assert not found, "\n".join(found)
    assert used == set(UNSCOPED), "an exception that nothing needs"


def without_reason(toml: str) -> list[str]:
    """Lines of ``pyproject.toml`` that let something pass and have no comment: beside them, or above the group that they belong to."""
    found, section, told, listed = [], "", False, False
    for line in toml.splitlines():
        bare = line.split("#")[0].strip()
        if line.startswith("["):
            section, told = bare, told and not bare.startswith("[tool.ruff.lint.per-file")
        elif line.strip().startswith("#"):
            told = True
        elif not bare:
            told = False
        lets_pass = listed or bool(re.match(r"(ignore|ignore_errors|ignore_missing_imports|warn_\w+) ?= ?", bare))
        lets_pass = lets_pass or ("per-file-ignores" in section and bare.startswith('"'))
        if lets_pass and bare not in {"", "]", "ignore = ["} and "#" not in line and not told:
            found.append(line)
        listed = (listed or bare == "ignore = [") and bare != "]"
    return found


def test_what_the_checks_let_pass_has_its_reason_beside_it() -> None:
    planted = 'ignore = [\n    "S101",\n]\n[tool.ruff.lint.per-file-ignores]\n"x/**" = ["S"]\n\n[tool.mypy]\nwarn_return_any = false\n'
    assert len(without_reason(planted)) == 3
    assert without_reason((ROOT / "pyproject.toml").read_text()) == []


def test_no_file_is_called_utils_or_helpers() -> None:
    assert [shown(p) for p in python_files("prm", "profiling", "tests") if p.stem in {"utils", "helpers", "misc"}] == []


def test_no_file_is_too_long_to_be_one_subject() -> None:
    folders = ["prm", "profiling", "tests", "scripts"]
    sizes = {shown(p): len(p.read_text().splitlines()) for p in python_files(*folders)}
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}


def test_no_folder_holds_more_files_than_one_looks_through() -> None:
    files = Counter(shown(p.parent) for p in python_files("prm", "profiling"))
    assert {folder: count for folder, count in files.items() if count > MOST_FILES} == {}


def of_one_machine(text: str) -> list[str]:
    """Folders of somebody's machine, and the very folder that this checkout lies in (an image's ``/app`` is no secret)."""
    own = [str(ROOT)] if len(ROOT.parts) > 2 and str(ROOT) in text else []
    return MACHINE.findall(text) + own


def test_a_folder_of_a_machine_is_found() -> None:
    planted = "/".join(("", "home", "claire", "prm"))
    assert of_one_machine(f"see {planted}/settings.py") == ["/".join(("", "home", "claire"))]
    assert of_one_machine("/home/somebody/prm and https://example.com/home/work") == []


def test_the_project_names_nobodys_machine() -> None:
    found = [
        f"{shown(path)}: {place}" for path in tracked_texts() for place in of_one_machine(path.read_text(errors="ignore"))
    ]
    assert not found, "\n".join(found)


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        shown(p) for p in python_files() if p.read_text().strip() and p.name != "apps.py" and not ast.get_docstring(parse(p))
    ]
    assert silent == []


def test_the_checks_read_both_packages() -> None:
    assert {"prm/jobs/services.py", "profiling/studies/selectors.py"} <= {shown(p) for p in python_files()}


def test_a_document_that_is_cited_is_here_to_be_read() -> None:
    """Whoever follows a citation finds the document: from the root, from ``docs/``, from beside the file, or by its bare name."""
    bare = {path.name for path in (ROOT / "docs").rglob("*.md")}
    cited = re.compile(r"[\w./-]*\w\.md\b|\bDESIGN §")
    lost = []
    for path in tracked_texts():
        for name in set(cited.findall(path.read_text(errors="ignore"))):
            places = (ROOT, ROOT / "docs", path.parent)
            if name not in bare and not any((place / name).is_file() for place in places):
                lost.append(f"{shown(path)}: {name}")
    assert lost == []
