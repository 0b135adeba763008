/*
 * moves.h - the moves of linked tables: whole-number changes of the atoms that
 * leave every published cell as it is. A basis of all of them, by elimination
 * in exact 64-bit arithmetic.
 *
 * Independent of the suppression on purpose: that works modulo a prime on the
 * span of the published cells, this on the space orthogonal to them.
 */
#ifndef TMAP_MOVES_H
#define TMAP_MOVES_H

#include "suppress.h"

#define TM_MOVE_ENTRIES 100000000	/* most entries of all moves: 1.2 GB, and up to as much in lists */

/* A move: so many times (not 0) at each of some atoms, in ascending order. */
typedef struct tm_move
{
	int32_t		n;
	int32_t		room;
	int32_t    *atom;
	int64_t    *times;
} tm_move;

/* For each atom the cells of it, for each of some lists: [first[i], first[i + 1]) of item. */
typedef struct tm_lists
{
	int64_t    *first;
	int32_t    *item;
} tm_lists;

typedef struct tm_moves
{
	const tm_cells *cells;
	tm_lists	cells_of;		/* of each atom */
	tm_move    *move;
	int32_t		n;
	int32_t    *pivot_cell;		/* published cells that are not sums and differences of others of them */
	int32_t		n_pivots;
	int64_t		entries;
	int32_t   **here;			/* of each atom: the moves that may have it, perhaps twice */
	int32_t    *here_n;
	int32_t    *here_room;
	int64_t    *value;			/* working room: of each atom or move */
	int32_t    *touched;
	int32_t    *stamp;			/* of each move: the last step that listed it */
	tm_move		spare;
	tm_memory	memory;
} tm_moves;

extern void *tm_zeroed(tm_memory memory, int64_t n, size_t size);
extern void tm_give_back(tm_memory memory, void *p);
extern tm_status tm_cells_of_atoms(const tm_cells *cells, tm_memory memory, tm_lists *out);
extern tm_status tm_moves_find(tm_moves *m, const tm_cells *cells, const uint8_t *published, const uint8_t *known, tm_lists cells_of, tm_memory memory);
extern tm_status tm_moves_check(const tm_moves *m, const uint8_t *published);
extern void tm_moves_components(const tm_moves *m, int32_t *root);
extern void tm_moves_free(tm_moves *m);

#endif
