/*
 * episode.c - chains the hospital stays of one patient into episodes and strokes.
 *
 * Whether a stay carries on the running episode depends on that episode's
 * latest discharge, not on the last stay's: a short stay inside a long one does
 * not end it. Both "latest" are maxima, so stays admitted on the same day can
 * come in any order, but for the flag transfer_in of the first of them: when
 * it decides, the caller raises it if any stay of that day has it.
 */
#include "episode.h"

/* Days from one day to a later one; 64 bits, since the ends of the calendar are far apart. */
static int64_t
days(int32_t from, int32_t to)
{
	return (int64_t) to - from;
}

/* True when no length of the rule is negative. */
bool
tm_episode_rule_valid(const tm_episode_rule *rule)
{
	return rule->gap >= 0 && rule->transfer_gap >= 0 && rule->new_after >= 0;
}

/* True when the stay follows the running episode without regard to transfer_in: near enough, or the episode sent the patient on. */
static bool
follows(const tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay)
{
	return days(run->end, stay->admitted) <= rule->gap ||
		(run->has_sent && days(run->sent_on, stay->admitted) <= rule->transfer_gap);
}

/* True when the stay carries on the running episode only if it, or another of the same day, has transfer_in. */
bool
tm_episode_flag_decides(const tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay)
{
	return run->episode > 0 && !follows(run, rule, stay) && days(run->end, stay->admitted) <= rule->transfer_gap;
}

/*
 * True when an episode that begins with this stay is another stroke than the
 * running one. A stroke at least new_after days after the onset of the last is
 * definition C of Coull and Rothwell (2004), Stroke 35:1925-9, with 28 days
 * that of WHO MONICA; stays know no onset, the first admission stands for it.
 */
static bool
is_new_stroke(const tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay)
{
	return run->episode == 0 || days(rule->from_onset ? run->onset : run->end, stay->admitted) >= rule->new_after;
}

/* Starts an episode, and a stroke unless it carries on the last one. */
static void
start(tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay)
{
	if (is_new_stroke(run, rule, stay))
	{
		run->stroke++;
		run->onset = stay->admitted;
	}
	run->episode++;
	run->stay = 0;
	run->end = stay->discharged;
	run->has_sent = false;
}

/* Takes the next stay in; the run then holds its episode, stay and stroke number. After a fault the run is as before. */
tm_stay_fault
tm_episode_next(tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay)
{
	if (stay->discharged < stay->admitted)
		return TM_STAY_BACKWARDS;
	if (run->episode > 0 && stay->admitted < run->admitted)
		return TM_STAY_OUT_OF_ORDER;
	if (run->episode == INT32_MAX || run->stay == INT32_MAX)
		return TM_STAY_TOO_MANY;
	if (run->episode == 0 ||
		!(follows(run, rule, stay) || (stay->transfer_in && tm_episode_flag_decides(run, rule, stay))))
		start(run, rule, stay);
	run->tied = run->stay > 0 && stay->admitted == run->admitted;
	run->stay++;
	run->admitted = stay->admitted;
	if (stay->discharged > run->end)
		run->end = stay->discharged;
	if (stay->transfer_out && (!run->has_sent || stay->discharged > run->sent_on))
	{
		run->sent_on = stay->discharged;
		run->has_sent = true;
	}
	return TM_STAY_FINE;
}
