/*
 * near.c - a k-d tree over points: the middle of a range of places is the node
 * that splits it, by the coordinate in which the range is widest.
 */
#include "near.h"

#include <math.h>

#define DEGREE 0.017453292519943295769	/* pi / 180 */
#define LEAF 8					/* points of a range that is not split */

/* Places x, y (on the sphere: degrees of longitude and latitude); false when they are none. */
bool
tm_near_point(bool sphere, double x, double y, double out[3])
{
	if (!sphere)
	{
		out[0] = x;
		out[1] = y;
		out[2] = 0.0;
		return fabs(x) <= TM_NEAR_FARTHEST && fabs(y) <= TM_NEAR_FARTHEST;
	}
	out[0] = cos(y * DEGREE) * cos(x * DEGREE);
	out[1] = cos(y * DEGREE) * sin(x * DEGREE);
	out[2] = sin(y * DEGREE);
	return fabs(x) <= 360.0 && fabs(y) <= 90.0;
}

/* The square of the straight distance of two points. */
static double
square(const double a[3], const double b[3])
{
	double		x = a[0] - b[0];
	double		y = a[1] - b[1];
	double		z = a[2] - b[2];

	return x * x + y * y + z * z;
}

/* A distance from the square of a straight one: metres along a great circle on the sphere. */
static double
distance(const tm_near *t, double square)
{
	return t->sphere ? 2.0 * TM_EARTH_RADIUS * asin(fmin(1.0, sqrt(square) / 2.0)) : sqrt(square);
}

/* The distance of two points. */
double
tm_near_distance(const tm_near *t, int32_t i, int32_t j)
{
	return distance(t, square(t->at[i], t->at[j]));
}

/* The coordinate in which a range of places is widest. */
static int
widest(const tm_near *t, int32_t low, int32_t high)
{
	int			best = 0;
	double		width = -1.0;

	for (int c = 0; c < 3; c++)
	{
		double		least = INFINITY;
		double		most = -INFINITY;

		for (int32_t p = low; p < high; p++)
		{
			least = fmin(least, t->at[t->tree[p]][c]);
			most = fmax(most, t->at[t->tree[p]][c]);
		}
		if (most - least > width)
		{
			width = most - least;
			best = c;
		}
	}
	return best;
}

/* Whether one point comes before another by a coordinate; equal ones by their number. */
static bool
before(const tm_near *t, int32_t a, int32_t b, int c)
{
	return t->at[a][c] != t->at[b][c] ? t->at[a][c] < t->at[b][c] : a < b;
}

/* Arranges a range so that the place in its middle has none after it on its left, none before it on its right (Hoare's selection). */
static void
split(tm_near *t, int32_t low, int32_t high, int32_t middle, int c)
{
	int32_t    *p = t->tree;

	while (high - low > 1)
	{
		int32_t		pivot = p[low + (high - low) / 2];
		int32_t		i = low;
		int32_t		j = high - 1;

		while (i <= j)
		{
			while (before(t, p[i], pivot, c))
				i++;
			while (before(t, pivot, p[j], c))
				j--;
			if (i <= j)
			{
				int32_t		swap = p[i];

				p[i++] = p[j];
				p[j--] = swap;
			}
		}
		if (middle <= j)
			high = j + 1;
		else if (middle >= i)
			low = i;
		else
			return;
	}
}

/* Builds the tree of a range. */
static void
build(tm_near *t, int32_t low, int32_t high)
{
	while (high - low > LEAF)
	{
		int32_t		middle = low + (high - low) / 2;

		t->axis[middle] = (uint8_t) widest(t, low, high);
		split(t, low, high, middle, t->axis[middle]);
		build(t, low, middle);
		low = middle + 1;
	}
}

/* Builds the tree of all points. */
void
tm_near_build(tm_near *t)
{
	for (int32_t i = 0; i < t->n; i++)
		t->tree[i] = i;
	build(t, 0, t->n);
}

/* What is looked for: the k nearest in a heap with the farthest on top, or all within a square. */
typedef struct search
{
	const tm_near *t;
	int32_t		i;
	int32_t		k;				/* 0: all within */
	double		within;			/* distance */
	double		reach;			/* its square, rounded up */
	int32_t		n;
	int32_t    *found;
	double	   *squares;
} search;

/* Whether point a is farther than point b, or as far with a higher number. */
static bool
farther(double square_a, int32_t a, double square_b, int32_t b)
{
	return square_a != square_b ? square_a > square_b : a > b;
}

/* Puts a point at a place of the heap and lets it sink. */
static void
sink(search *s, int32_t at, double square, int32_t point)
{
	for (;;)
	{
		int32_t		child = 2 * at + 1;

		if (child >= s->n)
			break;
		if (child + 1 < s->n && farther(s->squares[child + 1], s->found[child + 1], s->squares[child], s->found[child]))
			child++;
		if (!farther(s->squares[child], s->found[child], square, point))
			break;
		s->squares[at] = s->squares[child];
		s->found[at] = s->found[child];
		at = child;
	}
	s->squares[at] = square;
	s->found[at] = point;
}

/* Lets a point rise from the end of the heap. */
static void
rise(search *s, double square, int32_t point)
{
	int32_t		at = s->n++;

	while (at > 0 && farther(square, point, s->squares[(at - 1) / 2], s->found[(at - 1) / 2]))
	{
		s->squares[at] = s->squares[(at - 1) / 2];
		s->found[at] = s->found[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	s->squares[at] = square;
	s->found[at] = point;
}

/* Takes a point when it is one of those looked for. */
static void
take(search *s, int32_t point)
{
	double		away = square(s->t->at[s->i], s->t->at[point]);

	if (point == s->i)
		return;
	if (s->k == 0)
	{
		if (away <= s->reach && distance(s->t, away) <= s->within)
		{
			if (s->found)
				s->found[s->n] = point;
			s->n++;
		}
	}
	else if (s->n < s->k)
		rise(s, away, point);
	else if (farther(s->squares[0], s->found[0], away, point))
		sink(s, 0, away, point);
}

/* Looks through a range of the tree, the near side first, the far side when it may hold anything. */
static void
look(search *s, int32_t low, int32_t high)
{
	const tm_near *t = s->t;

	while (high > low)
	{
		int32_t		middle = low + (high - low) / 2;
		int32_t		node = t->tree[middle];
		int			c;
		double		off;
		bool		left;

		if (high - low <= LEAF)
		{
			for (int32_t p = low; p < high; p++)
				take(s, t->tree[p]);
			return;
		}
		c = t->axis[middle];
		off = t->at[s->i][c] - t->at[node][c];
		left = off < 0.0;
		take(s, node);
		look(s, left ? low : middle + 1, left ? middle : high);
		if (off * off > (s->k == 0 ? s->reach : s->n < s->k ? INFINITY : s->squares[0]))
			return;
		if (left)
			low = middle + 1;
		else
			high = middle;
	}
}

/* The k points nearest to one of them (fewer when there are not so many), ties by number; found and squares have room for k. In no order. */
int32_t
tm_near_nearest(const tm_near *t, int32_t i, int32_t k, int32_t *found, double *squares)
{
	search		s = {.t = t,.i = i,.k = k,.found = found,.squares = squares};

	look(&s, 0, t->n);
	return s.n;
}

/* The points within a distance of one of them, that distance too, in no order; only their number when found is NULL. */
int32_t
tm_near_within(const tm_near *t, int32_t i, double within, int32_t *found)
{
	double		chord = t->sphere ? 2.0 * sin(fmin(within / (2.0 * TM_EARTH_RADIUS), 90.0 * DEGREE)) : within;
	search		s = {.t = t,.i = i,.within = within,.reach = chord * chord * (1.0 + 1e-9) + 1e-300,.found = found};

	look(&s, 0, t->n);
	return s.n;
}
