//! Actor: the mock national certifying authority (ҰКО / НУЦ).
