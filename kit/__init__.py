"""kit: schools upload their own readings to one shared dataset and analyse the region together."""
