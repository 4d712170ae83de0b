"""The interview as one picture that people can read and sign, as SVG and as PNG."""
