"""Counseling sessions: appointments, who came, what was spoken about, who had read the brief."""
