"""What participants agree to: texts as versioned data, with questions about what was understood."""
