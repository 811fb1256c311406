"""What the command line says of an error that it meets, by its code and its facts."""

from __future__ import annotations

from engine.domain.shared.errors import DriveSphereError, Forbidden, InvalidPeriod, InvalidText, ServersFailed, Told
from engine.words import problems
from engine.words.refused import field_sentence, period_sentence
from engine.words.tr import Words, tr

_BY_CODE = Words(
    {
        "account.changed": "This account works as {role} or elsewhere since this command signed in.",
        "account.disabled": "This account is none of this firm, or may do nothing there.",
        "account.forbidden": "This account may not do that.",
        "account.may_not": "{role} accounts may not {deed}.",
        "account.password_must_change": "A one-time password opens nothing but the choice of another.",
        "account.sign_in": "The name or the password is wrong.",
        "backup.damaged": "The back-up was changed or cut short. Take another one.",
        "backup.unknown": "The file is no back-up that this version knows.",
        "booking.looking_back": (
            "The database went back to {back_to:%Y-%m-%d %H:%M}; payments made since are looked for."
        ),
        "booking.move": "What is {current} cannot become {wanted}.",
        "contended": "Somebody else is being served for this car.",
        "not_found": "There is no {kind} with the id {key!r}.",
        "overtaken": "It was changed by somebody else meanwhile.",
        "payment.mode": "The firm takes {firm} payments, this Stripe key is for {key} ones.",
        "payment.no_key": "There is no Stripe key here.",
        "payment.refused": "Stripe refused it.",
        "record.damaged": "Damaged: {key} ({collection}; {reason})",
        "schema.newer": (
            "This program is older than its database (schema {own}, stored {schema}) and writes nothing there: "
            "install the release that the firm uses now."
        ),
        "schema.older": (
            "The database is of an older release (schema {schema}, needed {own}), or its upgrade is not done: run "
            "provision."
        ),
    }
)


def sentence(problem: DriveSphereError) -> str:
    """What is wrong, and where there is something to do, what."""
    if isinstance(problem, InvalidPeriod):
        return period_sentence(problem)
    if isinstance(problem, InvalidText):
        return field_sentence(problem, problem.field)
    if isinstance(problem, Told | ServersFailed):
        return problems.sentence(problem)
    if isinstance(problem, Forbidden) and problem.deed:
        return _BY_CODE.say("account.may_not", role=problem.role, deed=problem.deed)
    if problem.code in _BY_CODE:
        return _BY_CODE.say(problem.code, **vars(problem))
    return tr("It was refused.")
