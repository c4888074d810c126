namespace Tenfold.Core.Queueing;

/// <summary>How urgent the runs of a group are. The classes share machines by weight, so none waits until another one is empty.</summary>
public enum RunPriority
{
    /// <summary>A quarter of the share of <see cref="Normal"/>.</summary>
    Low,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Four times the share of <see cref="Normal"/>.</summary>
    High,
}

/// <summary>What a priority means in numbers and in names.</summary>
public static class RunPriorities
{
    /// <summary>The weight of a priority: 1, 4 or 16.</summary>
    public static int Weight(this RunPriority priority) => priority switch
    {
        RunPriority.Low => 1,
        RunPriority.High => 16,
        _ => 4,
    };

    /// <summary>The priority as a suffix of the repeat in the name of a queue's entry. A normal one has none.</summary>
    public static string Suffix(this RunPriority priority) => priority switch
    {
        RunPriority.Low => "l",
        RunPriority.High => "h",
        _ => "",
    };

    /// <summary>The priority that a name's part with <see cref="Suffix"/> says; null for a normal one.</summary>
    public static RunPriority? OfSuffixed(string repeat) =>
        repeat.EndsWith('h') ? RunPriority.High : repeat.EndsWith('l') ? RunPriority.Low : null;

    /// <summary>A name's part with the <see cref="Suffix"/> of another priority.</summary>
    public static string WithSuffix(string repeat, RunPriority priority) => repeat.TrimEnd('h', 'l') + priority.Suffix();
}
