"""Which actor, place or time a mention means."""
