"""What a clerk does at the counter, before and around a booking."""
