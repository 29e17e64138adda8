"""Hazard: files of server/deploy, and commands of OPERATIONS.md, that no longer fit the programs, or each other.

`agreement.py PROGRAMS_DIR`: each command line must be one that the programs take, each setting and each file one that there is,
each thing that a manifest refers to one that another defines, and who stops the server must wait for it. What is wrong is
printed, and ends it with 1."""
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib

import yaml

PROGRAMS = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "server/deploy"
PAGE = ROOT / "OPERATIONS.md"
wrong = []


def expect(holds, what):
    if not holds:
        wrong.append(what)


def ask(program, *arguments):
    return subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, timeout=30)


def bytes_of(quantity):
    """What Kubernetes means by 512Mi."""
    number, unit = re.fullmatch(r"(\d+)(Ki|Mi|Gi)", quantity).groups()
    return int(number) << {"Ki": 10, "Mi": 20, "Gi": 30}[unit]


def inside(tree, *keys):
    """Everything that stands under one of these keys, anywhere in a tree."""
    if isinstance(tree, list):
        tree = dict(enumerate(tree))
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in keys:
                yield value
            yield from inside(value, *keys)


def check_command(words, where):
    """A program's arguments are looked at in their order, so that `--help` is only reached by way of good ones."""
    words = [word for word in words if word not in ("exec", "sudo") and not re.fullmatch(r"[A-Z_]+=.*", word)]
    if "--config" in words:
        # It is not there yet where it will be.
        at = words.index("--config")
        del words[at : at + 2]
    program = pathlib.Path(words[0]).name
    if program in ("orrery-server", "orrery-pipeline"):
        ended = ask(program, *words[1:], "--help")
        expect(ended.returncode == 0, f"{where}: {shlex.join(words)}: {ended.stderr.strip()}")
    return program


manifests = {path: list(yaml.safe_load_all(path.read_text())) for path in DEPLOY.rglob("*.yaml")}
settings = tomllib.loads(ask("orrery-server", "--check-config").stdout)
# Beyond what is waited for, a second in which the supervisor ends who is left.
stops_within_s = settings["limits"]["drain_s"] + 1

# systemd
for path in (DEPLOY / "systemd").glob("*.service"):
    text = path.read_text().replace("\\\n", " ")
    for command in re.findall(r"^ExecStart=(.*)$", text, re.M):
        check_command(command.split(), path.name)
    for seconds in re.findall(r"^TimeoutStopSec=(\d+)$", text, re.M):
        expect(int(seconds) > stops_within_s, f"{path.name}: TimeoutStopSec is within limits.drain_s")

# Docker
compose = manifests[DEPLOY / "docker/compose.yaml"][0]
grace = compose["services"]["orrery"]["stop_grace_period"]
expect(int(grace.removesuffix("s")) > stops_within_s, "compose.yaml: stop_grace_period is within limits.drain_s")
for volume in (volume for volumes in inside(compose["services"], "volumes") for volume in volumes):
    source = volume.split(":")[0]
    if source.startswith("."):
        expect((DEPLOY / "docker" / source).is_file(), f"compose.yaml: there is no {source}")
    else:
        expect(source in compose["volumes"], f"compose.yaml: no volume is called {source}")

# Kubernetes
defined = {"secretRef": {"orrery-store"}, "configMap": set(), "persistentVolumeClaim": set()}
for path in (path for path in manifests if path.name == "kustomization.yaml"):
    kustomization = manifests[path][0]
    beside = {other.name for other in path.parent.glob("*.yaml")} - {"kustomization.yaml", "adapter.yaml"}
    expect(set(kustomization["resources"]) == beside, f"{path}: resources are not the manifests beside it")
    for generator in kustomization.get("configMapGenerator", []):
        defined["configMap"].add(generator["name"])
        for literal in generator.get("literals", []):
            follow = tomllib.loads((path.parent / "orrery.toml").read_text())["schedule"]["follow"]
            expect(literal == f"ORRERY_LOCATION={follow}", "servers do not follow where the publisher publishes")
documents = [one for path in manifests if "kubernetes" in path.parts for one in manifests[path] if "metadata" in one]
defined["persistentVolumeClaim"] |= {one["metadata"]["name"] for one in documents if one["kind"] == "PersistentVolumeClaim"}
defined["configMapRef"] = defined["configMap"]
for kind, names in defined.items():
    for reference in inside(documents, kind):
        name = reference.get("name", reference.get("claimName"))
        expect(name in names, f"kubernetes: no {kind} is called {name}")
for spec in (spec for spec in inside(documents, "spec") if "containers" in spec):
    for container in spec.get("initContainers", []) + spec["containers"]:
        command = container["command"]
        if command[0] == "sh":
            script = command[2].replace("$((JOB_COMPLETION_INDEX + 1))", "1")
            for variable in container.get("env", []):
                script = script.replace(f"${variable['name']}", variable["value"])
            # What is before and behind the program is the shell's.
            script = re.search(r"orrery-[^|\n]*", script.replace("$share", "1")).group()
            command = shlex.split(script)
        program = check_command(command, container["name"])
        expect(program.startswith("orrery-"), f"kubernetes: {container['name']} runs {program}")
    if "terminationGracePeriodSeconds" in spec:
        before = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        expect(spec["terminationGracePeriodSeconds"] > before + stops_within_s, "kubernetes: servers get too little time to stop")
servers = next(one for one in documents if one["kind"] == "Deployment")["spec"]["template"]["spec"]
limits = servers["containers"][0]["resources"]["limits"]
own = tomllib.loads(ask("orrery-server", "--config", DEPLOY / "kubernetes/orrery.toml", "--check-config").stdout)
# A worker for each whole processor, and what works at jobs. The supervisor, and a pipeline that pulls, want less than this.
processes, others = int(limits["cpu"]) + own["jobs"]["enabled"] * own["jobs"]["parallel"], 192 << 20
hard = own["memory"]["hard_bytes"]
expect(
    0 < own["memory"]["soft_bytes"] < hard and processes * hard + others <= bytes_of(limits["memory"]),
    f"kubernetes: {processes} processes of memory.hard_bytes have no room in {limits['memory']}",
)
expect(own["limits"]["bodies_bytes"] < hard, "kubernetes: bodies alone may take memory.hard_bytes")
jobs = {one["metadata"]["name"]: one for one in documents if one["kind"] == "Job"}
shards, merge = jobs["orrery-shards"], jobs["orrery-merge"]
shares = next(variable["value"] for variables in inside(shards, "env") for variable in variables)
merged = [word for command in inside(merge, "command") for word in command if word.startswith("/shards/")]
counts = {int(shares), shards["spec"]["completions"], shards["spec"]["parallelism"], len(merged)}
expect(len(counts) == 1, f"kubernetes/shards: there are {sorted(counts)} shares")

# The page
page = PAGE.read_text()
commands = 0
for block in re.findall(r"```sh\n(.*?)```", page, re.S):
    for line in block.replace("\\\n", " ").splitlines():
        for part in re.split(r"\s(?:\||&&|;)\s", line.split("  #")[0]):
            words = shlex.split(part, comments=True)
            if not words:
                continue
            program = check_command([word for word in words if word != "…"], f"OPERATIONS.md: {part.strip()}")
            commands += program.startswith("orrery")
            for word in words:
                if re.match(r"(scripts|server|target)/", word) and not word.startswith("target/"):
                    expect((ROOT / word).exists(), f"OPERATIONS.md: there is no {word}")
expect(commands > 10, "OPERATIONS.md: its commands are not found")
for name in set(re.findall(r"`([a-z]+\.[a-z_]+)`", page)):
    table, key = name.split(".")
    is_file = key in ("json", "toml", "md", "yaml", "service", "timer")
    expect(is_file or key in settings.get(table, {}), f"OPERATIONS.md: there is no setting {name}")
for link in re.findall(r"\]\(([^)#:]+)", page):
    expect((ROOT / link).exists(), f"OPERATIONS.md: there is no {link}")

for what in wrong:
    print(what, file=sys.stderr)
sys.exit(bool(wrong))
