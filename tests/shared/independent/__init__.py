"""A second replay of certificates, from docs/certificates.md alone; it shares no code with the checker."""
