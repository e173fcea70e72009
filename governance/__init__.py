"""Powers, normative documents, decisions and plans."""
