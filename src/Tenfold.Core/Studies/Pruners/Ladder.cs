namespace Tenfold.Core.Studies.Pruners;

/// <summary>A study's rungs: First, First·Factor, First·Factor², … as long as they lie before Full.</summary>
/// <param name="First">The first rung's step.</param>
/// <param name="Factor">η.</param>
/// <param name="Full">The last step of a whole run: one that has come to it is done, and too late to be ended. Null when not known.</param>
public sealed record Ladder(long First, int Factor, long? Full = null)
{
    /// <summary>The rungs of a study; null while they are not known yet.</summary>
    /// <param name="pruning">The study's.</param>
    /// <param name="full">The last step of the first trial that completed; null when none has, or it gave no steps.</param>
    /// <remarks>
    /// Without a first rung of the user's own there are two, at a ninth and a third of a whole run for η = 3. With rungs from step 1 on, a
    /// run of 80 steps would have to be among the best third four times: of 50 trials hardly one would ever complete, and the model, which
    /// learns from whole runs, would have nothing to learn from.
    /// </remarks>
    public static Ladder? Of(Pruning pruning, long? full) => (pruning.First, full) switch
    {
        ({ } first, _) => new Ladder(first, pruning.Factor, full),
        (null, { } known) =>
            new Ladder(
                Math.Max(1, (known + (pruning.Factor * pruning.Factor) - 1) / (pruning.Factor * pruning.Factor)), pruning.Factor, known),
        _ => null,
    };

    /// <summary>The steps of the rungs, from the lowest.</summary>
    internal IEnumerable<long> Steps()
    {
        for (var step = First; step < (Full ?? long.MaxValue); step *= Factor)
        {
            yield return step;
            if (step > long.MaxValue / Factor) yield break;
        }
    }
}
