namespace Tenfold.Core.Studies.Pruners;

/// <summary>
/// Hyperband's brackets: which of a study's trials are judged from which rung on. Bracket 0 is judged at every rung, bracket 1 from the
/// second rung on, and the last bracket at none.
/// </summary>
/// <remarks>
/// The shares are those of Hyperband, which gives each bracket about as many steps: with r rungs and factor η, bracket b has
/// ⌈(r + 1) / (r − b + 1) · η^(r−b)⌉ trials (Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband", JMLR 18 (2018), algorithm 1).
/// The brackets take turns by the trials' numbers instead of one after the other, because trials start whenever a worker is free (as in
/// Falkner, Klein and Hutter, "BOHB", ICML 2018, section 4.2). Trials of all brackets are compared at a rung.
/// </remarks>
/// <param name="rungs">How many rungs there are.</param>
/// <param name="factor">η; at least 2.</param>
internal sealed class Brackets(int rungs, int factor)
{
    private readonly long[] _sizes = [.. Enumerable.Range(0, rungs + 1).Select(bracket => Size(rungs, rungs - bracket, factor))];

    /// <summary>The bracket of a trial, which is the index of the first rung at which it is judged.</summary>
    /// <param name="number">The trial's number, from 1.</param>
    public int Of(int number)
    {
        // Each trial goes to the bracket that is furthest behind its share, and to the earlier one where two are.
        var place = (number - 1) % _sizes.Sum();
        var counts = new long[_sizes.Length];
        for (var i = 0L; ; i++)
        {
            var next = 0;
            for (var b = 1; b < counts.Length; b++)
                if ((counts[b] + 1) * _sizes[next] < (counts[next] + 1) * _sizes[b]) next = b;
            if (i == place) return next;
            counts[next]++;
        }
    }

    private static long Size(int rungs, int halvings, int factor) =>
        (long)Math.Ceiling((rungs + 1.0) / (halvings + 1) * Math.Pow(factor, halvings));
}
