"""https in the plant's own network: a certificate authority of this plant, and what it says of this machine.

Browsers give the camera, and work without a network, to https pages only. No public authority vouches for
``192.168.0.10``, so the plant has one of its own: every tablet learns to trust it once. It may vouch for private
addresses and this machine's names and for nothing else, so that a stolen key opens no bank.
"""

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mes.core.errors import Refused
from mes.core.i18n import N_

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: An authority outlives the tablets that trust it; what it says of the machine ends within a year.
AUTHORITY_LASTS = timedelta(days=20 * 365)
LASTS = timedelta(days=360)
#: So long before its end a certificate is made anew.
RENEWED_BEFORE = timedelta(days=60)
#: Clocks of tablets go wrong: a certificate is good from yesterday on.
SLACK = timedelta(days=1)
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128")  # fmt: skip  # noqa: E501
#: Endings that no public name has, for machines that are called by name.
OWN_ENDINGS = ("localhost", "local", "lan", "home.arpa", "internal", "home", "plant")


class CertificateUnreadable(Refused):
    """A file of the plant's authority is damaged or belongs to somebody else."""

    message = N_("The certificate in %(file)s cannot be read.")
    hint = N_("Put the folder back from a backup, or move it away: a new one is made, and each tablet trusts it once.")
    status = 500


@dataclass(frozen=True)
class Certificates:
    """Where the files of a served https page are."""

    authority: Path
    certificate: Path
    key: Path
    renewed: bool


def certificates(folder: Path, now: datetime, names: Sequence[str] | None = None) -> Certificates:
    """The plant's certificates, made or renewed if needed. ``names``: names and addresses; else this machine's.

    Raises CertificateUnreadable.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_file, certificate_file = folder / "ca.crt", folder / "server.crt"
    if not authority_file.exists():
        _make_authority(folder, now)
    authority, key = _read(authority_file), _read_key(folder / "ca.key")
    wanted = sorted({name for name in (names or own_names()) if _may_vouch(authority, name)})
    renewed = not certificate_file.exists() or not _is_good(_read(certificate_file), authority, wanted, now)
    # a power cut between the two files leaves a key that is not the certificate's
    renewed = renewed or _read_key(folder / "server.key").public_key() != _read(certificate_file).public_key()
    if renewed:
        _make_certificate(folder, authority, key, wanted, now)
    return Certificates(authority_file, certificate_file, folder / "server.key", renewed)


def fingerprint(authority: Path) -> str:
    """The SHA-256 of the authority, as devices show it: pairs of digits with colons between them."""
    digest = _read(authority).fingerprint(SHA256()).hex().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def own_names() -> list[str]:
    """The names and private addresses under which this machine is reached, as far as it knows them."""
    name = socket.gethostname().lower()
    bare = name.partition(".")[0]
    found = {"localhost", "127.0.0.1", "::1", name, bare, f"{bare}.local"}
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            found |= {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(name, None, family)}
        except OSError:
            continue
    return sorted(found | set(_ways_out()))


def _ways_out() -> list[str]:
    """The addresses from which this machine would call others. Nothing is sent to find them."""
    found = []
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as route:
                route.connect((somewhere, 9))  # an address for documentation
                found.append(str(route.getsockname()[0]))
        except OSError:
            continue
    return found


def _make_authority(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    machine = socket.gethostname().lower().partition(".")[0]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"MES {machine} {now:%Y-%m-%d}"[:64])])
    # a plant whose network has public numbers: this machine's own are vouched for, one by one
    own = [one for one in own_names() if _address(one)]
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(one)) for one in (*PRIVATE, *own)]
    permitted += [x509.DNSName(one) for one in (*OWN_ENDINGS, machine) if one]
    made = (
        _begun(name, name, key.public_key(), now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        # not critical: an old tablet that does not know the constraint still trusts the plant's own pages
        .add_extension(x509.NameConstraints(permitted, None), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    _write(folder / "ca.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write(folder / "ca.crt", made.public_bytes(Encoding.PEM), 0o644)


def _make_certificate(
    folder: Path, authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64] if names else "localhost")])
    made = (
        _begun(name, authority.subject, key.public_key(), now, LASTS)
        .add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, SHA256())
    )
    _write(folder / "server.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write(folder / "server.crt", made.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM), 0o644)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + lasts)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _is_good(certificate: x509.Certificate, authority: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    """Whether a certificate still serves: signed by this authority, for these names, and not soon over."""
    if certificate.issuer != authority.subject or now + RENEWED_BEFORE > certificate.not_valid_after_utc:
        return False
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    vouched = {str(one) for one in said.get_values_for_type(x509.DNSName)}
    vouched |= {str(one) for one in said.get_values_for_type(x509.IPAddress)}
    return set(names) <= vouched and now >= certificate.not_valid_before_utc


def _may_vouch(authority: x509.Certificate, name: str) -> bool:
    """Whether the authority's own limits let it speak for a name or address."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    address = _address(name)
    if address is None:
        endings = [str(one.value) for one in limits if isinstance(one, x509.DNSName)]
        return any(name == ending or name.endswith(f".{ending}") for ending in endings)
    networks = [one.value for one in limits if isinstance(one, x509.IPAddress)]
    return any(address in network for network in networks if not isinstance(network, Address))


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _read(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateUnreadable(file=str(file)) from error


def _read_key(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise CertificateUnreadable(file=str(file)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateUnreadable(file=str(file))
    return key


def _write(file: Path, content: bytes, mode: int) -> None:
    """All of it or nothing: a power cut leaves the old file or the new one."""
    fresh = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode), "wb") as made:
        made.write(content)
        made.flush()
        os.fsync(made.fileno())
    fresh.replace(file)
