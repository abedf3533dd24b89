"""SOQL: text is parsed to a tree, the tree compiled to SQL on the world's tables, the rows shaped as records.

TREE     the statement as frozen dataclasses.                       (tree.py, parse.py, soql.lark)
SCOPE    one object in FROM, with the parents joined to it.         (scope.py)
FILTER   WHERE and HAVING as SQL with bound values.                 (filters.py, dates.py)
SHAPE    where each column of an SQL row goes in its JSON record.   (shape.py)
CHOICE   TYPEOF: a parent whose columns depend on its kind.         (choice.py)
ANSWER   a page of records, and the cursor that reads the next.     (run.py)
"""
