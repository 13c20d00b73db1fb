-- What came, the newest first, without what else stands in the journal between.
CREATE INDEX journal_came ON journal (at, writer, id)
    WHERE direction = 'in' AND kind IN ('accepted', 'refused', 'faulted', 'repeated');
-- What came and is told of by its number alone: these are few.
CREATE INDEX journal_untold ON journal (at) WHERE kind = 'refusals-untold';
