# SPDX-License-Identifier: Apache-2.0
"""Whether the time of a refused log-in tells known IDs from unknown ones: at a desk and at the enrolment listener.

Interleaved pairs of one wrong log-in with a known ID and one with an unknown ID, in one run. The lock is switched off by deleting its
rows in the database before each try; there is no such switch in the product. Issue B: the medians differ by less than 5 %.
"""
import argparse
import pathlib
import statistics
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "private"))
sys.path.insert(0, str(ROOT / "tests" / "flow" / "support"))

import administration  # noqa: E402 (found through the path above)
import clinic as clinics  # noqa: E402
import figures  # noqa: E402
import protos  # noqa: E402
from run import Run, RunError, say  # noqa: E402

WARM_UP = 5
CALL_SECONDS = 20
ENROLMENT_PAUSE = 0.1  # its listener takes ten calls a second
DIFFERENCE_PERCENT = 5  # what issue B promises
WRONG = "Wrong-password-1"
FREE_ACCOUNT = "W0000002"  # issued, its sheet not used yet


def certificate_request():
    """A PKCS#10 as a desk would send it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "madoguchi-desk")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.DER)


def facility(clinic):
    """Two issued accounts, one of them at a desk. -> the desk."""
    administrator = administration.Administrator(clinic, clinic.server, administration.add_console(clinic), "keisoku@example.jp")
    administrator.begin(administration.add_administrator(clinic, administrator.user_id), "hajimete-no-aikotoba-1")
    administration.register(administrator)
    administration.approved_application(clinic, administrator, 2)
    links = clinic.run.directory / "links"
    prepared = administrator.done("desk", "prepare", "計測", "--out", links)["desks"][0]
    desk = clinics.Desk("計測", prepared["desk_id"], "W0000001", clinic.run.directory / "desk")
    clinic.run.call("activate", [clinic.build.program("madoguchi-terminal"), "activate", "--json", "--qr", next(links.glob("*.link")),
                                 "--directory", desk.directory], timeout=CALL_SECONDS)
    return desk


def medians(known, unknown):
    known_ms, unknown_ms = statistics.median(known) / 1e6, statistics.median(unknown) / 1e6
    return {"known_p50_ms": round(known_ms, 3), "unknown_p50_ms": round(unknown_ms, 3),
            "difference_percent": round(100 * abs(known_ms - unknown_ms) / known_ms, 2), "pairs": len(known)}


def interleaved(clinic, pairs, known, unknown, pause=0.0):
    """known and unknown: functions that make one refused try; they take turns in being first."""
    took = {known: [], unknown: []}
    for pair in range(pairs + WARM_UP):
        for attempt in ((known, unknown) if pair % 2 else (unknown, known)):
            time.sleep(pause)
            clinic.postgres.query("DELETE FROM log_in_failure RETURNING 1")
            started = time.perf_counter_ns()
            attempt()
            elapsed = time.perf_counter_ns() - started
            if pair >= WARM_UP:
                took[attempt].append(elapsed)
    return medians(took[known], took[unknown])


def refused(grpc, call, request, name):
    def attempt():
        try:
            call(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if error.details() == name:
                return
            raise RunError(f"refused with {error.details()}, not {name}") from None
        raise RunError("a wrong password was accepted")
    return attempt


def measure(clinic, desk, pairs):
    import grpc
    from madoguchi.v1 import desk_account_service_pb2, desk_account_service_pb2_grpc, enrolment_service_pb2, enrolment_service_pb2_grpc
    desks = grpc.secure_channel(clinic.server.address, grpc.ssl_channel_credentials(*clinic.desk_credentials(desk)))
    account = desk_account_service_pb2_grpc.DeskAccountServiceStub(desks)

    def log_in(account_id):
        return refused(grpc, account.LogIn, desk_account_service_pb2.DeskLogInRequest(
            institution_code=clinics.INSTITUTION, account_id=account_id, password=WRONG), "LOG_IN_REFUSED")

    enrolment = enrolment_service_pb2_grpc.EnrolmentServiceStub(grpc.secure_channel(
        f"localhost:{clinic.server.ports['enrolment_port']}", grpc.ssl_channel_credentials(clinic.root_file.read_bytes())))
    key_request = certificate_request()

    def begin(account_id):
        return refused(grpc, enrolment.BeginActivation, enrolment_service_pb2.BeginActivationRequest(
            sheet=enrolment_service_pb2.IssuedSecrets(institution_code=clinics.INSTITUTION, account_id=account_id, password=WRONG,
                                                      activation_code="000000000000"),
            certificate_request=key_request, desk_name="計測"), "ACTIVATION_REFUSED")

    say(f"{pairs} pairs at a desk")
    numbers = {"desk_log_in": interleaved(clinic, pairs, log_in(desk.account), log_in("W9999999"))}
    say(f"{pairs} pairs at the enrolment listener")
    numbers["activation"] = interleaved(clinic, pairs, begin(FREE_ACCOUNT), begin("W9999999"), ENROLMENT_PAUSE)
    desks.close()
    return numbers


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run log-in", description="Measures refused log-ins of known and unknown IDs.")
    parser.add_argument("--json", metavar="FILE", help="also write the numbers there")
    parser.add_argument("--pairs", type=int, default=200, help="pairs of refused log-ins (default: 200)")
    parser.add_argument("--preset", default="release", help="which build (default: release)")
    options = parser.parse_args()
    protos.generate(ROOT / "build" / options.preset / "flow-python")
    with Run() as run:
        clinic = clinics.Clinic(run, clinics.Build(options.preset), ROOT / "tests" / "simulators" / "people", portal=True)
        say("starting a private clinic")
        clinic.start()
        numbers = measure(clinic, facility(clinic), options.pairs)
    numbers["held"] = {f"{kind}: known and unknown differ by less than {DIFFERENCE_PERCENT} %": found["difference_percent"] < DIFFERENCE_PERCENT
                       for kind, found in numbers.items()}
    return figures.told(numbers, options)


if __name__ == "__main__":
    figures.run(main, "tests/bench/run log-in")
