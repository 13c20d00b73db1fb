//! Actor: the regional gateway and its workplace (ЭҮӨШ АЖО / АРМ РШЭП).
