"""The stages of a day in columns.

Compiled bookkeeping that calls the rules of `conscription_flight.model.behaviour` and holds none of its own.

Cost grows with events. Men of a type stand sorted by resistance, so those who set out today are the next few; notices
walk a keyed permutation of each draft pool; queues, homecomings and intakes are lists linked through the men.

The words of the kernels, which take them in this order:

world       the handle on the state: one record of addresses and sizes; `col.men(world)` makes the column,
`world.n_exits` is a size inputs      what the rules read: cards by their names, small tables by the levels of a trait,
`scale` and `seed` (`rule_inputs`) day         days from day 0 man         index of an agent from 0; it stands for
`inputs.scale` men cell        index of a type: a cell of the six traits, the men of which stand next to each other
exit_index  index of an exit; `exit_row` is its row of `exits` state       index of a border state; `host` is the one in
which a man stays, or its row links       index + 1 of the next man of a list (`link`, `back`, `first`, `arriving`,
...); 0 is nobody, so that zeros are empty lists

Stocks and flows are counted in agents and queues in persons; a rule's own units are those of its file and of ODD.md.
"""
