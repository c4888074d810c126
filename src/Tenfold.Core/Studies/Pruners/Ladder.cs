namespace Tenfold.Core.Studies.Pruners;

/// <summary>A study's rungs: First, First·Factor, First·Factor², … up to but excluding Full.</summary>
/// <param name="First">The first rung's step.</param>
/// <param name="Factor">η.</param>
/// <param name="Full">The last step of a whole run, at which it is too late to stop; null when unknown.</param>
public sealed record Ladder(long First, int Factor, long? Full = null)
{
    /// <summary>The rungs of a study; null while they are unknown.</summary>
    /// <param name="pruning">The study's pruning options.</param>
    /// <param name="full">The last step of a whole trial; null while it is unknown.</param>
    /// <remarks>
    /// If the user sets no first rung, there are two rungs, at a ninth and a third of a whole run for η = 3. With rungs from step 1 on, a
    /// run of 80 steps would have to be among the best third four times. Hardly one of 50 trials would complete, and the model, which
    /// learns from whole runs only, would have nothing to learn from.
    /// </remarks>
    public static Ladder? Of(Pruning pruning, long? full) => (pruning.First, full) switch
    {
        // Hyperband's brackets depend on the number of rungs.
        ({ }, null) when pruning.Rule == PruningRule.Hyperband => null,
        ({ } first, _) => new Ladder(first, pruning.Factor, full),
        (null, { } known) => new Ladder(DefaultFirst(known, pruning.Factor), pruning.Factor, known),
        _ => null,
    };

    /// <summary>The rungs of a study by the trials that have completed; null while they are unknown.</summary>
    /// <param name="pruning">The study's pruning options.</param>
    /// <param name="completed">The last step of each completed trial; null for one without steps.</param>
    /// <remarks>A trial may end itself long before the others, so one alone doesn't show how long a whole trial is.</remarks>
    public static Ladder? OfCompleted(Pruning pruning, IReadOnlyCollection<long?> completed) =>
        Of(pruning, pruning.MaxSteps ?? (completed.Count >= pruning.Factor ? completed.Max() : null));

    private static long DefaultFirst(long full, int factor) => Math.Max(1, (full + (factor * factor) - 1) / (factor * factor));

    /// <summary>The steps of the rungs, in ascending order.</summary>
    internal IEnumerable<long> Steps()
    {
        for (var step = First; step < (Full ?? long.MaxValue); step *= Factor)
        {
            yield return step;
            if (step > long.MaxValue / Factor) yield break;
        }
    }
}
