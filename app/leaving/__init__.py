"""How a part in the study ends: consent taken back, completion, loss, a physician's word."""
