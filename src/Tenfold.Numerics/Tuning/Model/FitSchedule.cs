namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// On how many observations hyper-parameters are fitted: at levels that grow by a tenth, always on the observations with the lowest trial
/// numbers, so that the fit is a function of the history alone and most asks need none.
/// </summary>
internal static class FitSchedule
{
    /// <summary>With fewer observations there is no model.</summary>
    public const int Least = 4;

    // From here on a fit takes a while. It is used a little later than it can be made, so that it is ready by then.
    private const int Large = 200;

    /// <summary>The level in use when there are so many observations; 0 for none.</summary>
    public static int InUse(int observations)
    {
        var used = 0;
        for (var level = Least; level + Delay(level) <= observations; level = Next(level)) used = level;
        return used;
    }

    /// <summary>The highest level whose observations are there: in use, or soon.</summary>
    public static int Complete(int observations)
    {
        var complete = 0;
        for (var level = Least; level <= observations; level = Next(level)) complete = level;
        return complete;
    }

    private static int Next(int level) => Math.Max(level + 1, level * 11 / 10);

    private static int Delay(int level) => level < Large ? 0 : level * 3 / 100;
}
