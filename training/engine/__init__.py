"""All the machine learning there is; imports no Django."""
