"""The conversation itself: pure, without clock, input and output, logging or environment."""
