"""Which of these two? Two versions of a voice, compared without saying whose."""
