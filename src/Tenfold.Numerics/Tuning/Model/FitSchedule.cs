namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// Decides how many observations a fit of the hyper-parameters uses. Each level is a tenth larger than the one before, and uses the
/// observations with the lowest trial numbers. So a fit depends only on the history, and most suggestions don't need a new fit.
/// </summary>
internal static class FitSchedule
{
    /// <summary>The smallest number of observations for which there is a model.</summary>
    public const int MinObservations = 4;

    // A fit of this size takes noticeable time. It comes into use a few observations later, so that it can be prepared in advance.
    private const int DelayedFrom = 200;

    /// <summary>The level in use for a number of observations; 0 when there is no model yet.</summary>
    public static int InUse(int observations)
    {
        var used = 0;
        for (var level = MinObservations; level + Delay(level) <= observations; level = Next(level)) used = level;
        return used;
    }

    /// <summary>The highest level whose observations are complete. It is in use, or will be within a few observations.</summary>
    public static int Complete(int observations)
    {
        var complete = 0;
        for (var level = MinObservations; level <= observations; level = Next(level)) complete = level;
        return complete;
    }

    private static int Next(int level) => Math.Max(level + 1, level * 11 / 10);

    private static int Delay(int level) => level < DelayedFrom ? 0 : level * 3 / 100;
}
