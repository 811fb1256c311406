"""A stateful Stripe on this machine, held to Stripe's own OpenAPI document on both sides of every call."""
