"""Stripe's objects with every field that Stripe shows, as they are when they are made."""

from __future__ import annotations

from typing import Any

_EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def session(params: dict[str, Any], **known: Any) -> dict[str, Any]:
    """Args: ``known`` holds id, amount, currency, created, expires_at and url."""
    amount = known.pop("amount")
    return {
        **dict.fromkeys(_SESSION_NULLS),
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer_creation": "if_required",
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        **known,
    }


_SESSION_NULLS = """
after_expiration allow_promotion_codes billing_address_collection client_secret collected_information consent
consent_collection currency_conversion customer customer_account customer_details integration_identifier invoice
invoice_creation locale managed_payments origin_context payment_intent payment_link
payment_method_configuration_details permissions recovered_from saved_payment_method_options setup_intent
shipping_address_collection shipping_cost submit_type subscription wallet_options
""".split()


def customer_details(email: str, name: str) -> dict[str, Any]:
    return {
        "address": dict(_EMPTY_ADDRESS),
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def line_item(key: str, item: dict[str, Any], price: dict[str, Any], created: int) -> dict[str, Any]:
    total = price["unit_amount"] * item["quantity"]
    return {
        "id": f"li_{key}",
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": {},
        "price": _price(key, price, created),
        "quantity": item["quantity"],
    }


def _price(key: str, price: dict[str, Any], created: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("custom_unit_amount", "lookup_key", "nickname", "recurring", "tiers_mode")),
        "id": f"price_{key}",
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": price["currency"],
        "livemode": False,
        "metadata": {},
        "product": f"prod_{key}",
        "tax_behavior": "unspecified",
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": str(price["unit_amount"]),
    }


def payment_intent(key: str, session: dict[str, Any], data: dict[str, Any], created: int) -> dict[str, Any]:
    """Args: ``data`` is the session's ``payment_intent_data``."""
    return {
        **dict.fromkeys(_INTENT_NULLS),
        "id": key,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": data.get("capture_method", "automatic_async"),
        "client_secret": None,
        "confirmation_method": "automatic",
        "created": created,
        "currency": session["currency"],
        "description": data.get("description"),
        "livemode": False,
        "metadata": data.get("metadata") or {},
        "payment_method_options": {"card": {"installments": None, "mandate_options": None, "network": None}},
        "payment_method_types": ["card"],
        "receipt_email": data.get("receipt_email"),
        "status": "requires_payment_method",
    }


_INTENT_NULLS = """
application application_fee_amount automatic_payment_methods canceled_at cancellation_reason customer
customer_account excluded_payment_method_types last_payment_error latest_charge managed_payments next_action
on_behalf_of payment_method payment_method_configuration_details processing review setup_future_usage shipping
statement_descriptor statement_descriptor_suffix transfer_data transfer_group
""".split()


def visa(number: str, exp_month: int = 12, exp_year: int = 2030) -> dict[str, Any]:
    """A ``payment_method_details.card``."""
    return {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "exp_month": exp_month,
        "exp_year": exp_year,
        "funding": "credit",
        "last4": number[-4:],
        "network": "visa",
    }


def charge(key: str, intent: dict[str, Any], card: dict[str, Any], billing: dict[str, Any]) -> dict[str, Any]:
    """A charge authorised and not captured. Args: ``card`` is ``payment_method_details.card``."""
    return {
        **dict.fromkeys(_CHARGE_NULLS),
        "id": key,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": {"address": dict(_EMPTY_ADDRESS), "phone": None, "tax_id": None, **billing},
        "calculated_statement_descriptor": "DRIVESPHERE TEST",
        "captured": False,
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": outcome("approved_by_network", "authorized", None, "Payment complete."),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method_details": {"card": card, "type": "card"},
        "refunded": False,
        "status": "succeeded",
    }


_CHARGE_NULLS = """
application application_fee application_fee_amount balance_transaction customer failure_balance_transaction
failure_code failure_message on_behalf_of payment_method receipt_email receipt_number receipt_url review shipping
source_transfer statement_descriptor statement_descriptor_suffix transfer_data transfer_group
""".split()


def outcome(network: str, kind: str, reason: str | None, said: str) -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": said,
        "type": kind,
    }


def refund(key: str, charge: dict[str, Any], amount: int, params: dict[str, Any], created: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("balance_transaction", "receipt_number", "source_transfer_reversal", "transfer_reversal")),
        "id": key,
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "destination_details": {
            "card": {"reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "status": "succeeded",
    }
