"""A sentence for each thing that keeps a desk from a firm's servers, with what to do about it."""

from __future__ import annotations

from engine.domain.health.trial import Barrier, Trial
from engine.words.tr import tr

_NAMES = {"mongodb": "MongoDB", "redis": "Redis"}
_WORDS: dict[Barrier, str] = {
    Barrier.UNKNOWN_NAME: tr("No computer is called so: {address}. Look at its spelling, or at the name server."),
    Barrier.NOBODY: tr("Nothing listens at {address}. See that {server} runs there, and that the port is right."),
    Barrier.SILENT: tr("{address} does not answer. A firewall may be between, or the computer is off."),
    Barrier.NO_TLS: tr("{server} at {address} does not speak TLS, and certificates are named here. Turn TLS on there."),
    Barrier.TLS_WANTED: tr("{server} at {address} wants TLS."),
    Barrier.UNTRUSTED: (
        tr(
            "{server} at {address} shows a certificate of another authority than the one trusted here. Name "
            "the file with the firm's own certificates (ca_file)."
        )
    ),
    Barrier.EXPIRED: tr(
        "The certificate of {server} at {address} is not valid today. Renew it, or set the clock here."
    ),
    Barrier.OTHER_NAME: tr("The certificate of {server} at {address} was made for another name. Use that one."),
    Barrier.PROOF_WANTED: tr("{server} at {address} wants a certificate of this computer too; DriveSphere has none."),
    Barrier.STRANGER: tr("What answers at {address} is not {server}. Look at the port."),
    Barrier.ALONE: (
        tr(
            "MongoDB at {address} is a server of its own. DriveSphere needs a replica set, of one member at "
            "least: start it with --replSet."
        )
    ),
    Barrier.NEW_MEMBER: (
        tr(
            "MongoDB at {address} waits to become part of a replica set: run drivesphere provision "
            "--init-replica-set on its computer."
        )
    ),
    Barrier.OTHER_SET: tr(
        "MongoDB at {address} belongs to the replica set {detail}. Correct replicaSet in the address."
    ),
    Barrier.NO_PRIMARY: (
        tr(
            "No member of the replica set {detail} leads at the moment: more than half of them have to run "
            "and reach each other. Start the others, or wait a moment."
        )
    ),
    Barrier.OUT_OF_REACH: tr("The leading member calls itself {detail}, and is out of reach from here by that name."),
    Barrier.PASSWORD_WANTED: tr("Redis at {address} wants a password: the one that drivesphere redis-account showed."),
    Barrier.REFUSED: tr("{server} at {address} refuses the name or its password."),
    Barrier.NO_RIGHT: (
        tr(
            "Redis at {address} lets this account do too little: print its rights with drivesphere "
            "redis-account --rights-only, and run them there."
        )
    ),
}
#: What to do about it where that is another thing at each of the two.
_THEN = {
    ("mongodb", Barrier.TLS_WANTED): tr(" Name the file with the firm's certificates (ca_file)."),
    ("redis", Barrier.TLS_WANTED): tr(" Its address begins with rediss:// then."),
    ("mongodb", Barrier.PROOF_WANTED): tr(" Start it with --tlsAllowConnectionsWithoutCertificates."),
    ("redis", Barrier.PROOF_WANTED): tr(" Set tls-auth-clients no there."),
}


def in_a_sentence(trial: Trial) -> str:
    name = _NAMES[trial.server]
    if trial.trouble is None:
        return tr("{name} at {address} is fine.", name=name, address=trial.address)
    told = _WORDS[trial.trouble] + _THEN.get((trial.server, trial.trouble), "")
    return told.format(server=name, address=trial.address, detail=trial.detail)
