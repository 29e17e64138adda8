"""A web server over TLS for the files of a directory, that says where it listens once it does.

usage: web.py DIRECTORY ROOM

Its certificate, which it signs itself, is ROOM/certificate.pem.
"""

import datetime
import functools
import http.server
import ipaddress
import pathlib
import ssl
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"
directory, room = sys.argv[1], pathlib.Path(sys.argv[2])

key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test of Orrery")])
now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now - day)
    .not_valid_after(now + day)
    .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
    .sign(key, hashes.SHA256())
)
pem = serialization.Encoding.PEM
(room / "certificate.pem").write_bytes(certificate.public_bytes(pem))
(room / "key.pem").write_bytes(
    key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(room / "certificate.pem", room / "key.pem")
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=directory)
server = http.server.ThreadingHTTPServer((HOST, 0), handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(f"(https://{HOST}:{server.server_port}/)", flush=True)
server.serve_forever()
