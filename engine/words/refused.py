"""Why a field or a period was refused.

API: field_sentence, period_clause, period_sentence.
"""

from __future__ import annotations

from engine.domain.shared.errors import InvalidPeriod, InvalidText
from engine.words.remarks import Writer
from engine.words.tr import Words, tr

_FIELDS = Words(
    {
        "field.account_name": "{name} must be 2 to 40 letters a-z, digits, dots or dashes.",
        "field.amount": "{name} must be an amount.",
        "field.branch_code": "{name} must be 2 to 5 letters and digits that begin with a letter, such as BER.",
        "field.one_fee": "{fee}: type an amount such as 12.50, or nothing.",
        "field.between": "{name} must be between {least} and {most}.",
        "field.card_number": "{name} looks like a card's number, which is never kept. Give the approval code.",
        "field.code_confirmed": "{name}: was confirmed, and papers may bear it.",
        "field.colour": "{name} must be a colour such as #2f6f9f.",
        "field.counter_only": "{name}: belongs to accounts of the counter only.",
        "field.currency": "This is no currency that can be charged.",
        "field.day": "A day is missing.",
        "field.day_twice": "{name} must name {day} once.",
        "field.digits": "{name} must be digits only.",
        "field.easy": "{name} must not be so easy to guess.",
        "field.email": "This is no e-mail address.",
        "field.email_refused": "This is no address that the payment service takes.",
        "field.typed_day": "{name} must be a day such as 14.3.1987 or 1987-03-14.",
        "field.day_unclear": "{name} could be two days; write it as 14.3.1987 or 1987-03-14.",
        "field.empty": "{name} must not be empty.",
        "field.fee": "{name} must be an amount that can be paid, or empty.",
        "field.fee_for_nothing": "{name}: a fee for what is not done then.",
        "field.fields": "{name}: has other fields.",
        "field.from_now_on": "{name} must be a time from now on, and at most two years off.",
        "field.hold": "{name} must be 1 to 30 whole minutes.",
        "field.hours_overlap": "{name}: {first} and {second} overlap.",
        "field.hours_twice": "{name} must name {hours} once.",
        "field.ink": "{name} is no drawing of a signature.",
        "field.ink_short": "That is too short for a signature.",
        "field.in_currency": "{name} must be in {currency}.",
        "field.kind": "{name} must be {kind}.",
        "field.later_day": "{name} must not lie before the licence begins.",
        "field.legal_number": "{name} is not written as such numbers are.",
        "field.less_for_earlier": "{name} must not give less back to those who cancel earlier.",
        "field.line_sum": "{name}: a line's sum must be its quantity times its price.",
        "field.moment": "{name} must be a moment.",
        "field.month": "{name} must be a month such as 2026-11.",
        "field.never_open": "{name} must differ from it; 00:00 to 24:00 is around the clock.",
        "field.no_branch": "{name} must be one of the branches.",
        "field.no_change": "{name} must differ from those that hold then anyway.",
        "field.no_open_day": "{name} must be open on one day at least.",
        "field.no_tax": "{name} must be 0 percent for lines that bear no tax.",
        "field.no_text": "{name} must be text.",
        "field.no_zone": "{name} must have a zone.",
        "field.not_chosen": "{name} must be chosen.",
        "field.not_fitting": "{name}: does not fit what the database keeps.",
        "field.not_kept": "{name} holds what the database cannot keep.",
        "field.not_listed": "{name} must be one of the list.",
        "field.not_plain": "{name} must be plain.",
        "field.not_same": "This is not the same.",
        "field.object": "{name} must be an object.",
        "field.odometer": "{name} must say why the odometer goes back from {before} km.",
        "field.one_time": "{name} must be another than the one-time password.",
        "field.other_branch": "{name} must not be that of another branch.",
        "field.owners_only": "{name}: belongs to fleet owners, and to each of them.",
        "field.page": "{name} must be a page of at most {most} rows.",
        "field.page_address": "{name} must be an https address of a page, without a query.",
        "field.password_blanks": "{name} must not begin or end with a blank, nor hold letters in parts.",
        "field.past": "{name}: lies in the past.",
        "field.past_day": "{name} must be a day that has been, after that of birth.",
        "field.percent": "{name} must lie between 0 and 100 percent.",
        "field.percent_number": "{name} must be a number of percent with at most two decimals.",
        "field.phone": "This is no telephone number.",
        "field.phone_area": "This is too short: the area code is missing.",
        "field.phone_begin": "{name} begins with + and the country's code.",
        "field.phone_long": "This is too long.",
        "field.phone_of_country": "This is no telephone number of that country.",
        "field.phone_short": "This is too short.",
        "field.pin_easy": "{name} must be more than one digit again and again.",
        "field.pin_length": "{name} must be {least} to {most} digits long.",
        "field.less_than_due": "{name} is less than what is due.",
        "field.plain_key": "{name} must be a plain key.",
        "field.plate_district": "{name} must show where the district ends, as B-NO 1234 or BN-O 1234 do.",
        "field.plate_empty": "{name} must hold letters or digits.",
        "field.plate_signs": "{name} must hold letters, digits, blanks and - . · / only, as plates do.",
        "field.rate_currency": "This is in a currency that Stripe does not charge.",
        "field.rate_fraction": "{name} must be an amount that can be paid, such as {example}.",
        "field.rate_high": "{name} must be at most {most}.",
        "field.rate_low": "{name} must be at least {least}, the smallest amount a card is charged.",
        "field.refund_rules": "{name} must be hours up to a year and 0 to 100 percent.",
        "field.renters_only": "{name}: belongs to accounts of renters, and to each of them.",
        "field.same_hours": "{name} must name each number of hours once.",
        "field.series": "{name} must be a series such as BER-2026-INV.",
        "field.set_of": "{name} must be a set of {kind}.",
        "field.somebody_else": "{name} must be somebody else.",
        "field.statuses": "{name} must be a set of CarStatus.",
        "field.stretch": "{name} must be times such as 08:00-12:00, 13:00-18:00, or closed.",
        "field.supply": "{name} must end after its beginning.",
        "field.tax_code": "{name} must be small letters, digits and _, such as standard.",
        "field.time": "{name} must be a time.",
        "field.time_of_day": "{name} must be a time such as 08:00.",
        "field.too_large": "This is too large a number.",
        "field.too_long": "{name}: longer than {longest} characters.",
        "field.too_many_days": "{name} must be at most {most} days.",
        "field.too_many_intervals": "{name} must be at most {most} stretches a day.",
        "field.too_many_parts": "{name} must be at most {most}.",
        "field.too_many_rules": "{name} must be at most {most} rules.",
        "field.too_short": "{name} must have {shortest} characters or more.",
        "field.unshown": "{name} holds characters that cannot be shown.",
        "field.whole": "{name} must be a whole number.",
        "field.zone": "{name} must be a time zone such as Europe/Berlin.",
    }
)
_PERIODS = Words(
    {
        "period.begins_past": "it begins in the past",
        "period.ends_past": "it ends in the past",
        "period.fractions": "times are whole milliseconds",
        "period.no_month": "there is no such month",
        "period.no_zone": "both ends need a time zone",
        "period.not_utc": "both ends must be UTC times",
        "period.out_of_reach": "that is too long ago or too far ahead",
        "period.pick_up_past": "the pick-up lies in the past",
        "period.report_length": "a report covers 1 to {days} days",
        "period.reversed": "the return must come after the pick-up",
        "period.too_far": "that is too far ahead",
        "period.too_long": "a rental lasts {days} days at the most",
        "period.unknown_zone": "{zone} is no time zone",
    }
)
_PERIOD = Writer(_PERIODS)


def field_sentence(problem: InvalidText, name: str) -> str:
    """*name* is what the field is called. What another release found wrong is told by its code."""
    said = problem.said
    if said.code not in _FIELDS:
        return tr("{name} is not valid ({code}).", name=name, code=said.code)
    return _FIELDS.say(said.code, name=name, **said.facts)


def period_clause(problem: InvalidPeriod) -> str:
    """Part of a sentence, or all of it but its capital and its full stop."""
    return _PERIOD.written(problem.said) if problem.said.code in _PERIODS else problem.said.code


def period_sentence(problem: InvalidPeriod) -> str:
    clause = period_clause(problem)
    return f"{clause[:1].upper()}{clause[1:]}."
