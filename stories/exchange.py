"""Stories in and out of files."""
