"""How a device learns to trust the plant's own https pages: once, with pictures, for each kind of device."""

from typing import NamedTuple

from flask import current_app, make_response, request, url_for

from mes.core.access import ADMINS, ANYONE
from mes.core.config import Settings
from mes.core.errors import NotFound
from mes.core.i18n import N_, _, offered, speak
from mes.core.pages import Page, Room, page, this_plant
from mes.core.work import Reader
from mes.web.server import lan_address

room = Room("install", __name__, url_prefix="/install", part_of="plant")
room.entry("install.guide", N_("Devices and https"), "tablet-smartphone", "settings", ADMINS)
FILE = "mes-plant.crt"


class Step(NamedTuple):
    """One thing to do, and the lines of the screen on which it is done; the last one is touched."""

    what: str
    screen: tuple[str, ...]


class Device(NamedTuple):
    """A kind of device and what to do on it."""

    name: str
    word: str
    signs: tuple[str, ...]
    steps: tuple[Step, ...]


SAVE = Step(N_("Save the plant's certificate with the button above."), (N_("Save the certificate"),))
#: In the order in which their signs are looked for in what a browser says of itself.
DEVICES = (
    Device("android", N_("Android tablet or phone"), ("Android",), (
        SAVE,
        Step(N_("Open the device's settings and search for “CA certificate”."),
             (N_("Settings"), N_("Security"), N_("Encryption and credentials"), N_("Install a certificate"), N_("CA certificate"))),  # noqa: E501
        Step(N_("Confirm with “Install anyway”, and choose the file in the downloads."),
             (N_("Install anyway"), N_("Downloads"), FILE)),
    )),
    Device("ipad", N_("iPad or iPhone"), ("iPad", "iPhone"), (
        Step(N_("Open this page in Safari, save the certificate with the button above, and touch “Allow”."),
             (N_("Save the certificate"), N_("Allow"))),
        Step(N_("Open the settings, touch “Profile Downloaded” at the top, then “Install”."),
             (N_("Settings"), N_("Profile Downloaded"), N_("Install"))),
        Step(N_("Switch the trust on: it is off until you do."),
             (N_("General"), N_("About"), N_("Certificate Trust Settings"), "MES")),
    )),
    Device("windows", N_("Windows PC or tablet"), ("Windows",), (
        SAVE,
        Step(N_("Open the saved file and choose “Install Certificate”, for the current user."),
             (FILE, N_("Install Certificate"), N_("Current User"))),
        Step(N_("Choose the store yourself: the trusted root authorities. Then start the browser again."),
             (N_("Place all certificates in the following store"), N_("Trusted Root Certification Authorities"))),
    )),
    Device("mac", N_("Mac"), ("Macintosh",), (
        SAVE,
        Step(N_("Open the saved file; the keychain takes it up."), (FILE, N_("Keychain Access"), N_("login"))),
        Step(N_("Open its entry there and choose “Always Trust” for everything."),
             ("MES", N_("Trust"), N_("Always Trust"))),
    )),
    Device("linux", N_("Linux or ChromeOS"), ("Linux", "CrOS"), (
        SAVE,
        Step(N_("Open the certificates in the browser's settings, and import the file as an authority for websites."),
             (N_("Privacy and security"), N_("Manage certificates"), N_("Authorities"), N_("Import"))),
    )),
)  # fmt: skip


@room.read("", who=ANYONE)
def guide(read: Reader) -> Page:
    """What to do on this device, and on the others."""
    wanted = request.args.get("language", "")
    if wanted in offered():
        speak(wanted, this_plant().time_zone)
    settings = _settings()
    said = request.headers.get("User-Agent", "")
    here = next((one for one in DEVICES if any(sign in said for sign in one.signs)), DEVICES[0])
    # an iPad calls itself a Mac; the other one is one touch away
    name, plain = _host(), f":{settings.port}" if settings.port != 80 else ""
    return page(
        "web/install.html",
        devices=sorted(DEVICES, key=lambda one: one is not here),
        served=settings.tls,
        guide_address=f"http://{name}{plain}{url_for('install.guide')}",
        pages_address=f"https://{name}:{settings.tls_port}/",
        proof=_fingerprint(settings) if settings.tls else "",
    )


@room.read(f"/{FILE}", who=ANYONE)
def certificate(read: Reader) -> Page:
    """The authority's certificate, which is public by nature. Raises NotFound where http is served."""
    settings = _settings()
    if not settings.tls:
        raise NotFound(what=_(N_("certificate")), code=FILE)
    response = make_response((settings.tls_dir / "ca.crt").read_bytes())
    response.content_type = "application/x-x509-ca-cert"
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return response


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _host() -> str:
    """The name by which devices reach this machine: what this browser used, unless it sits at the machine itself."""
    name = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    if name in ("localhost", "127.0.0.1", "[::1]"):
        return lan_address() or name
    return name


def _fingerprint(settings: Settings) -> str:
    # cryptography is loaded by those only who look at this page
    from mes.web.tls import fingerprint

    return fingerprint(settings.tls_dir / "ca.crt")
