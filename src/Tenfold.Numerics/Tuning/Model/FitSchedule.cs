namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// Decides on how many observations the hyper-parameters are fitted. The levels grow by a tenth, and a level always takes the observations
/// with the lowest trial numbers. So a fit depends on the history alone, and most suggestions need no new one.
/// </summary>
internal static class FitSchedule
{
    /// <summary>With fewer observations there is no model.</summary>
    public const int Least = 4;

    // From here on a fit takes noticeable time. It is used a few observations later, so that it can be prepared in advance.
    private const int Large = 200;

    /// <summary>The level in use when there are so many observations; 0 for none.</summary>
    public static int InUse(int observations)
    {
        var used = 0;
        for (var level = Least; level + Delay(level) <= observations; level = Next(level)) used = level;
        return used;
    }

    /// <summary>The highest level whose observations are complete. It is in use, or will be soon.</summary>
    public static int Complete(int observations)
    {
        var complete = 0;
        for (var level = Least; level <= observations; level = Next(level)) complete = level;
        return complete;
    }

    private static int Next(int level) => Math.Max(level + 1, level * 11 / 10);

    private static int Delay(int level) => level < Large ? 0 : level * 3 / 100;
}
